/** Only these are shown: what by, and a click that shows the others again. */
import { Button } from '@mantine/core'

type Props = { readonly name: string; readonly help: string; onAll(): void }

export function Only({ name, help, onAll }: Props) {
  return (
    <Button className="no-print" variant="default" title={help} onClick={onAll}>
      {name}
      <span aria-hidden="true">&nbsp;×</span>
    </Button>
  )
}
