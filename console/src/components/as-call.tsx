import { Button, Popover, Stack, Text } from '@mantine/core'
import { IconCode } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Copyable } from './copy.tsx'

export interface AsCallProps {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The same on the command line, after `tenantry `; for what has a command. */
  readonly command?: string
}

/** Beside a write: what a program would send, so that nobody has to look for it. */
export function AsCall({ method, path, body, headers = {}, command }: AsCallProps) {
  const { t } = useTranslation('common')
  const lines = [
    `curl -X ${method} ${quote(location.origin + path)}`,
    `-H 'Authorization: Bearer <key>'`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--json ${quote(JSON.stringify(body))}`]),
  ]
  return (
    <Popover width={520} position="bottom-end" trapFocus withArrow>
      <Popover.Target>
        <Button variant="subtle" size="compact-sm" leftSection={<IconCode size={16} aria-hidden />}>
          {t('asCall')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm" fw={500}>
            {t('asCall')}
          </Text>
          <Copyable text={lines.join(' \\\n  ')} />
          {command && (
            <>
              <Text size="sm" fw={500}>
                {t('asCommand')}
              </Text>
              <Copyable text={`tenantry ${command}`} />
            </>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** For a shell, whatever stands in it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
