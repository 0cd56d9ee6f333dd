import { Button, FileButton, Group, Image, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type BrandState, type ImageKind, imageKinds, imageQuery, useDraftAct } from './brand-queries.ts'
import { InheritedNote } from './inherited-note.tsx'

const types = 'image/png,image/jpeg,image/webp,image/svg+xml'
const members = { 'logo-light': 'logoLight', 'logo-dark': 'logoDark', favicon: 'favicon' } as const

export interface BrandImagesProps {
  readonly state: BrandState
  readonly disabled: boolean
}

export function BrandImages({ state: { draft, inherited }, disabled }: BrandImagesProps) {
  const { t } = useTranslation('brand')
  return (
    <section aria-label={t('pictures')}>
      <Title order={2} size="h3" mb="xs">
        {t('pictures')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('aboutPictures')}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {imageKinds.map((kind) => (
          <BrandImage
            key={kind}
            kind={kind}
            id={draft.images?.[members[kind]]}
            // A logo of one's own serves on both backgrounds before an inherited one does.
            inherited={kind !== 'favicon' && hasLogo(draft) ? undefined : inherited[`images.${members[kind]}`]}
            disabled={disabled}
          />
        ))}
      </SimpleGrid>
    </section>
  )
}

function hasLogo({ images }: BrandState['draft']): boolean {
  return images?.logoLight !== undefined || images?.logoDark !== undefined
}

interface BrandImageProps {
  readonly kind: ImageKind
  readonly id: string | undefined
  readonly inherited: BrandState['inherited'][string] | undefined
  readonly disabled: boolean
}

function BrandImage({ kind, id, inherited, disabled }: BrandImageProps) {
  const { t } = useTranslation('brand')
  const picture = useQuery(imageQuery(id ?? (inherited && String(inherited.value)))).data
  const upload = useDraftAct((file: File, { header }) =>
    api.PUT('/v1/brand/draft/images/{kind}', {
      params: { path: { kind }, header },
      body: file as never,
      bodySerializer: (body: unknown) => body as File,
      headers: { 'content-type': file.type },
    }),
  )
  const remove = useDraftAct((_none: undefined, { header }) =>
    api.DELETE('/v1/brand/draft/images/{kind}', { params: { path: { kind }, header } }),
  )
  const name = t(`images.${kind}`)
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        <Text fw={500}>{name}</Text>
        <div style={{ background: kind === 'logo-dark' ? '#16191d' : '#ffffff', padding: 8, minBlockSize: 64 }}>
          {picture && <Image src={picture} alt={name} h={48} w="auto" fit="contain" />}
        </div>
        {id === undefined && <InheritedNote name={name} inherited={inherited} isOwn={false} onReturn={() => undefined} />}
        <Group gap="xs">
          <FileButton accept={types} disabled={disabled} onChange={(file) => file && upload.mutate(file)}>
            {(props) => (
              <Button {...props} variant="default" size="compact-sm" loading={upload.isPending} disabled={disabled}>
                {t('upload', { name })}
              </Button>
            )}
          </FileButton>
          {id !== undefined && (
            <Button variant="subtle" size="compact-sm" disabled={disabled} onClick={() => remove.mutate(undefined)}>
              {t('remove', { name })}
            </Button>
          )}
        </Group>
        <ProblemAlert error={upload.error ?? remove.error} />
      </Stack>
    </Paper>
  )
}
