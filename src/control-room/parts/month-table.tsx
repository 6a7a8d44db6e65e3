/**
 * A month of the site in whole weeks from Monday, named in the page's language; what a day holds is said by
 * whoever draws it.
 */
import { Fragment, type ReactNode, type Ref } from 'react'
import type { CalendarDay } from '../format/calendar.ts'
import { useFormat } from '../format/use-format.ts'

type Props<Day> = {
  readonly label: string
  readonly weeks: readonly (readonly Day[])[]
  readonly className?: string | undefined
  readonly ref?: Ref<HTMLTableElement>
  /** Draws a `td`. */
  cell(day: Day): ReactNode
}

export function MonthTable<Day extends CalendarDay>({ label, weeks, className, ref, cell }: Props<Day>) {
  const format = useFormat()
  return (
    <table ref={ref} className={className} aria-label={label}>
      <thead>
        <tr>
          {weeks[0]?.map(({ start, text }) => (
            <th key={text} scope="col">
              {format.weekday(start)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]?.text}>
            {week.map((day) => (
              <Fragment key={day.text}>{cell(day)}</Fragment>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
