import { ActionIcon, Button, Group, Menu, Modal, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBookmark, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'

const page = 'tenants'
const viewsQuery = {
  queryKey: ['saved-views', page],
  queryFn: async () => (await api.GET('/v1/saved-views', { params: { query: { page } } })).data.items,
}

/** Filters that the operator gave a name, and a name for those of this moment. */
export function SavedViews() {
  const { t } = useTranslation(['tenants', 'common'])
  const navigate = useNavigate()
  const views = useQuery(viewsQuery)
  const [naming, { open, close }] = useDisclosure(false)
  const remove = useMutation({ mutationFn: (id: string) => api.DELETE('/v1/saved-views/{id}', { params: { path: { id } } }) })
  return (
    <>
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />}>
            {t('views.title')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.data?.length === 0 && <Menu.Label>{t('views.none')}</Menu.Label>}
          {views.data?.map(({ id, name, query }) => (
            <Group key={id} gap={4} wrap="nowrap">
              <Menu.Item
                onClick={() => void navigate({ to: '.', search: () => Object.fromEntries(new URLSearchParams(query)) as never })}
              >
                {name}
              </Menu.Item>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('views.remove', { name })}
                onClick={() => remove.mutate(id)}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={open}>{t('views.save')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={naming} onClose={close} title={t('views.save')} closeButtonProps={{ 'aria-label': t('common:close') }}>
        <NameForm onSaved={close} />
      </Modal>
    </>
  )
}

function NameForm({ onSaved }: { readonly onSaved: () => void }) {
  const { t } = useTranslation(['tenants', 'common'])
  const [name, setName] = useState('')
  const body = { page, name, query: location.search.slice(1) }
  const save = useMutation({ mutationFn: () => api.POST('/v1/saved-views', { body }), onSuccess: onSaved })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('common:name')}
          description={t('views.replaces')}
          value={name}
          maxLength={80}
          required
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProblemAlert error={save.error} />
        <Group justify="space-between">
          <AsCall method="POST" path="/v1/saved-views" body={body} />
          <Button type="submit" loading={save.isPending}>
            {t('common:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
