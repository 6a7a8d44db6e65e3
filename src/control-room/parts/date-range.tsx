/** The first and the last day of what is asked, both included, and by whose clock they are days. */
import { useTranslation } from 'react-i18next'
import { dayStart } from '../format/calendar.ts'
import { useFormat } from '../format/use-format.ts'
import { gatewayNow } from '../live/status.ts'
import { DayField } from './day-field.tsx'
import styles from './report.module.css'
import type { Change } from './use-address.ts'

type Props = { readonly first: string; readonly last: string; onChange(to: Change): void }

export function DateRange({ first, last, onChange }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const order = (from: string, to: string) => (from && to && from > to ? t('range.order') : undefined)
  const offset = format.offset(dayStart(last, format.timeZone) ?? gatewayNow())
  return (
    <span className={styles.range}>
      <DayField
        label={t('range.first')}
        value={first}
        wrong={(day) => order(day, last)}
        onChange={(from) => onChange({ from })}
      />
      <span className="quiet" aria-hidden="true">
        –
      </span>
      <DayField
        label={t('range.last')}
        value={last}
        wrong={(day) => order(first, day)}
        onChange={(to) => onChange({ to })}
      />
      <span className={`${styles.zone} quiet`} title={format.timeZone}>
        {t('range.zone', { offset })}
      </span>
    </span>
  )
}
