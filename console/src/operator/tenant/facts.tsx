import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

/** Names beside what they stand for. What there is not is left out. */
export function Facts({ caption, rows }: { readonly caption: string; readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <Table aria-label={caption} variant="vertical" layout="fixed" withTableBorder maw={720}>
      <Table.Tbody>
        {rows
          .filter(([, value]) => value !== null && value !== undefined && value !== '')
          .map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={180}>
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  )
}
