import { IconPlus, type TablerIcon } from '@tabler/icons-react'
import { usePageSearch } from '../app/search.ts'
import type { Asked } from '../app/session.ts'
import { useWhyNot } from '../app/why-not.ts'
import { ActButton } from './act-button.tsx'

/**
 * For a list to which something can be added: the button, which stands in the header and in the empty list, and whether the form is open.
 * That stands in the address, so that a link opens it.
 *
 * @example
 * const adding = useNew({ permission: 'roles:write' }, t('newRole'))
 * return <>{adding.button}{adding.isOpen && <RoleForm onClose={adding.close} />}</>
 */
export function useNew(asked: Asked, label: string, Icon: TablerIcon = IconPlus) {
  const [search, setSearch] = usePageSearch<'new'>()
  const whyNot = useWhyNot()(asked)
  const button = (
    <ActButton
      whyNot={whyNot}
      leftSection={<Icon size={16} aria-hidden />}
      onClick={() => setSearch({ new: '1' }, { replace: false })}
    >
      {label}
    </ActButton>
  )
  return {
    button,
    whyNot,
    isOpen: search.new !== undefined && whyNot === undefined,
    close: () => setSearch({ new: undefined }),
  }
}
