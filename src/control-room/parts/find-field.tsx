/**
 * The field that narrows a list as one types; what is in it stands in the address, but is no step that `back`
 * undoes.
 */
import { TextInput } from '@mantine/core'
import { useAddress } from './use-address.ts'
import { useTyped } from './use-typed.ts'

type Props = { readonly label: string; readonly className?: string | undefined }

export function FindField({ label, className = '' }: Props) {
  const { asked, change } = useAddress()
  const typed = useTyped(asked.get('q') ?? '', (q) => change({ q }, true))
  return (
    <TextInput
      {...typed}
      type="search"
      className={`${className} find-field no-print`}
      aria-label={label}
      placeholder={label}
    />
  )
}
