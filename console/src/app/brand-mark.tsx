import { Image, Text, useComputedColorScheme } from '@mantine/core'
import { boot } from '../boot.ts'

/** The logo, or the name where there is none. */
export function BrandMark() {
  const scheme = useComputedColorScheme('light')
  const logo = (scheme === 'dark' ? boot.logo?.dark : boot.logo?.light) ?? boot.logo?.light
  if (logo !== undefined) return <Image src={logo} alt={boot.name} h={32} w="auto" fit="contain" />
  return (
    <Text fw={700} truncate>
      {boot.name}
    </Text>
  )
}
