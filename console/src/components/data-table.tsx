import { Button, Center, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

export interface Column<Row> {
  readonly name: string
  /** Already translated. */
  readonly title: string
  readonly show: (row: Row) => ReactNode
  readonly align?: 'start' | 'end'
}

export interface DataTableProps<Row> {
  /** What a screen reader calls it. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** What stands there instead of no rows. */
  readonly empty: ReactNode
  /** Given while there are more: the next page of a list. */
  readonly onMore?: (() => void) | undefined
  readonly loadingMore?: boolean
}

/** A table that can be scrolled sideways on a phone, with its next page below it. */
export function DataTable<Row>({ caption, columns, rows, keyOf, empty, onMore, loadingMore = false }: DataTableProps<Row>) {
  const { t } = useTranslation('common')
  if (rows.length === 0) return empty
  return (
    <>
      <Table.ScrollContainer
        minWidth={480}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': caption } }}
      >
        <Table striped highlightOnHover aria-label={caption}>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ name, title, align = 'start' }) => (
                <Table.Th key={name} scope="col" ta={align}>
                  {title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)}>
                {columns.map(({ name, show, align = 'start' }) => (
                  <Table.Td key={name} ta={align}>
                    {show(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {onMore && (
        <Center mt="sm">
          <Button variant="default" onClick={onMore} loading={loadingMore}>
            {t('more')}
          </Button>
        </Center>
      )}
    </>
  )
}
