/** Does all of them, one after the other; what fails does not keep the next from its turn. Throws the first failure at the end. */
export async function eachInTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const item of items) await work(item).catch((error: unknown) => void failures.push(error))
  if (failures.length > 0) throw failures[0]
}
