import { Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { showAge, showTime } from '../i18n/format.ts'

/** `3 days ago`, with the time itself to whoever points at it. Goes on by itself. */
export function Age({ of }: { readonly of: string | number }) {
  useTick()
  return (
    <time dateTime={new Date(of).toISOString()} title={showTime(of)}>
      {showAge(of)}
    </time>
  )
}

/** `updated 8 seconds ago`: how old what stands on the page is. */
export function UpdatedAt({ at }: { readonly at: number }) {
  const { t } = useTranslation('common')
  useTick()
  return (
    <Text size="sm" c="dimmed" component="span">
      {at === 0 ? t('loading') : t('updated', { age: showAge(at) })}
    </Text>
  )
}

function useTick(): void {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 5_000)
    return () => clearInterval(timer)
  }, [])
}
