import { List, Modal, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePermissionWords } from '../../components/permission-words.ts'
import type { RoleList } from '../permissions/roles-query.ts'

export interface RolePermissionsProps {
  readonly name: string
  readonly permissions: readonly string[]
  readonly roles: RoleList
  readonly onClose: () => void
}

/** What a role may, in words. */
export function RolePermissions({ name, permissions, roles, onClose }: RolePermissionsProps) {
  const { t } = useTranslation(['people', 'common'])
  const words = usePermissionWords()
  const held = roles.permissions.filter((each) => permissions.includes(each.name))
  const areas = Map.groupBy(held, (each) => each.name.slice(0, each.name.lastIndexOf(':')))
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('lookAtRole', { name })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack gap="sm">
        {[...areas].map(([area, members]) => (
          <section key={area}>
            <Title order={3} size="h6">
              {words.area(area)}
            </Title>
            <List size="sm">
              {members.map((each) => (
                <List.Item key={each.name}>
                  {words.permission(each.name, each.description)}{' '}
                  <Text span size="xs" c="dimmed" ff="monospace">
                    {each.name}
                  </Text>
                </List.Item>
              ))}
            </List>
          </section>
        ))}
      </Stack>
    </Modal>
  )
}
