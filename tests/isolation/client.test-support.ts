import { Client } from 'pg'

/** A connection for what only a test does: looking behind the policies, breaking them. */
export async function testClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
