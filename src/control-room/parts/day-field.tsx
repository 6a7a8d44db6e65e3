/**
 * One day of the site, typed or picked. A browser's own date field follows the browser's language and shows
 * 11/05 where the page says 5 November; this one reads year-month-day everywhere, and says at once what it
 * could not read.
 */
import { ActionIcon, Popover, TextInput } from '@mantine/core'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { boundary, dayStart, dayText, typedDay } from '../format/calendar.ts'
import { useFormat } from '../format/use-format.ts'
import { gatewayNow } from '../live/status.ts'
import styles from './day-field.module.css'
import { MonthGrid } from './month-grid.tsx'

type Props = {
  readonly label: string
  /** `YYYY-MM-DD`; empty where none is asked for. */
  readonly value: string
  /** What is wrong with a day that is one, in words. */
  wrong?(day: string): string | undefined
  onChange(day: string): void
}

const STEPS: Readonly<Record<string, readonly ['day' | 'month', number]>> = {
  ArrowUp: ['day', 1],
  ArrowDown: ['day', -1],
  PageUp: ['month', -1],
  PageDown: ['month', 1],
}

export function DayField({ label, value, wrong, onChange }: Props) {
  const { t } = useTranslation()
  const { timeZone } = useFormat()
  const [typed, setTyped] = useState<string>()
  const [known, setKnown] = useState(value)
  const taken = useRef<string>(undefined)
  const [error, setError] = useState<string>()
  const [picking, setPicking] = useState(false)
  const today = () => dayText(gatewayNow(), timeZone)

  const forget = () => {
    setTyped(undefined)
    setError(undefined)
  }
  if (known !== value) {
    setKnown(value)
    forget()
  }
  const take = (text: string) => {
    const day = text.trim() === '' ? '' : typedDay(text, timeZone)
    const found = day === undefined ? t('range.wrong', { example: today() }) : day && wrong?.(day)
    if (found) {
      setTyped(text)
      setError(found)
      return
    }
    forget()
    if (day === undefined || day === value) return
    taken.current = day
    setTyped(day) // until the address has it: the next key goes on from here
    onChange(day)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = STEPS[event.key]
    if (event.key === 'Enter') take(event.currentTarget.value)
    else if (event.key === 'Escape' && typed !== undefined) {
      event.stopPropagation() // the first one takes back what was typed, the next closes what is open
      forget()
    } else if (step) {
      event.preventDefault()
      const from = dayStart(typedDay(event.currentTarget.value, timeZone) ?? today(), timeZone) ?? 0
      take(dayText(movedDay(from, step, timeZone), timeZone))
    }
  }

  return (
    <TextInput
      classNames={{ root: styles.field, error: styles.error }}
      aria-label={label}
      placeholder={today()}
      inputMode="numeric"
      maxLength={12}
      autoComplete="off"
      spellCheck={false}
      value={typed ?? value}
      error={error}
      onChange={({ currentTarget: { value: text } }) => {
        setTyped(text)
        setError(undefined)
        if (/^\d{4}-\d{2}-\d{2}$/.test(text)) take(text)
      }}
      onBlur={() => {
        if (typed === taken.current) forget()
        else if (typed !== undefined) take(typed)
      }}
      onKeyDown={onKeyDown}
      rightSection={
        <Popover
          opened={picking}
          onChange={setPicking}
          trapFocus
          returnFocus
          withinPortal
          position="bottom-end"
        >
          <Popover.Target>
            <ActionIcon
              variant="transparent"
              color="gray"
              size="sm"
              aria-label={t('range.pick', { label })}
              onClick={() => setPicking(!picking)}
            >
              <CalendarSign />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown>
            <MonthGrid
              label={label}
              chosen={value || today()}
              onPick={(day) => {
                setPicking(false)
                take(day)
              }}
            />
          </Popover.Dropdown>
        </Popover>
      }
    />
  )
}

/** A month on from the 31st is the last day of a shorter one. */
function movedDay(from: number, [step, by]: readonly ['day' | 'month', number], timeZone: string): number {
  if (step === 'day') return boundary('day', from, timeZone, by)
  const [year = 0, month = 1, day = 1] = dayText(from, timeZone).split('-').map(Number)
  const last = new Date(Date.UTC(year, month + by, 0)).getUTCDate()
  const text = new Date(Date.UTC(year, month - 1 + by, Math.min(day, last))).toISOString().slice(0, 10)
  return dayStart(text, timeZone) ?? from
}

const CalendarSign = () => (
  <svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" aria-hidden="true">
    <path d="M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 1.5v3M10.5 1.5v3" />
  </svg>
)
