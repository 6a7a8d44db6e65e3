/** A month of the site to pick a day from. */
import { ActionIcon } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { boundary, dayStart, dayText, weeksIn } from '../format/calendar.ts'
import { useFormat } from '../format/use-format.ts'
import { gatewayNow } from '../live/status.ts'
import styles from './day-field.module.css'
import { MonthTable } from './month-table.tsx'

type Props = { readonly label: string; readonly chosen: string; onPick(day: string): void }

export function MonthGrid({ label, chosen, onPick }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const { timeZone } = format
  const [month, setMonth] = useState(() =>
    boundary('month', dayStart(chosen, timeZone) ?? gatewayNow(), timeZone),
  )
  const today = dayText(gatewayNow(), timeZone)
  const turn = (by: number) => setMonth(boundary('month', month, timeZone, by))
  return (
    <div className={styles.month}>
      <div className={styles.turn}>
        <ActionIcon variant="default" aria-label={t('range.monthBefore')} onClick={() => turn(-1)}>
          ‹
        </ActionIcon>
        <strong aria-live="polite">{format.month(month)}</strong>
        <ActionIcon variant="default" aria-label={t('range.monthAfter')} onClick={() => turn(1)}>
          ›
        </ActionIcon>
      </div>
      <MonthTable
        label={label}
        weeks={weeksIn(month, timeZone)}
        cell={({ text, isInMonth }) => (
          <td>
            <button
              type="button"
              aria-label={text}
              aria-current={text === today ? 'date' : undefined}
              aria-pressed={text === chosen}
              data-outside={isInMonth ? undefined : true}
              data-autofocus={text === chosen || undefined}
              onClick={() => onPick(text)}
            >
              {Number(text.slice(8))}
            </button>
          </td>
        )}
      />
    </div>
  )
}
