/** The first and the last day of what is asked, both included. */
import { TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import styles from './report.module.css'
import type { Change } from './use-address.ts'

type Props = { readonly first: string; readonly last: string; onChange(to: Change): void }

export function DateRange({ first, last, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <span className={styles.range}>
      <TextInput
        type="date"
        aria-label={t('range.first')}
        value={first}
        max={last}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
      />
      <span className="quiet" aria-hidden="true">
        –
      </span>
      <TextInput
        type="date"
        aria-label={t('range.last')}
        value={last}
        min={first}
        onChange={(event) => onChange({ to: event.currentTarget.value })}
      />
    </span>
  )
}
