/**
 * A sentence of the catalogue with its figures: the one way in which words and figures meet, so that numbers
 * and durations read alike on the page, in the API, in letters and in the log.
 */
import type { Because } from './alarm.ts'
import type { Language, Words } from './errors.ts'

/** `{name}` is replaced by the figure of that name; a figure in milliseconds (`…Ms`) reads as a duration. */
export function phrase(template: Words, language: Language, figures: Because['figures'] = {}): string {
  return template[language].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const figure = figures[name]
    if (figure === undefined) return whole
    if (typeof figure !== 'number') return String(figure)
    return name.endsWith('Ms') ? duration(figure, language) : number(figure, language)
  })
}

const plain = (language: Language) => new Intl.NumberFormat(language, { maximumFractionDigits: 3 })

/** One takes the engine longer to make than a sentence to say, and the page says thousands. */
const PLAIN: Readonly<Record<Language, Intl.NumberFormat>> = { en: plain('en'), 'zh-CN': plain('zh-CN') }

const number = (value: number, language: Language) => PLAIN[language].format(value)

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

type Unit = (typeof UNITS)[number][0]

const inUnits = (language: Language): Readonly<Record<Unit, Intl.NumberFormat>> => {
  const of = (unit: Unit) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' })
  return { day: of('day'), hour: of('hour'), minute: of('minute'), second: of('second') }
}

const IN_UNITS = { en: inUnits('en'), 'zh-CN': inUnits('zh-CN') }

/** The largest unit that gives at least 1, with the next one where it is not nil: `2 h 5 min`. */
function duration(ms: number, language: Language): string {
  const largest = UNITS.findIndex(([, size]) => Math.abs(ms) >= size)
  if (largest < 0) return new Intl.NumberFormat(language, { style: 'unit', unit: 'millisecond' }).format(ms)
  const parts: string[] = []
  let rest = Math.abs(ms)
  for (const [unit, size] of UNITS.slice(largest, largest + 2)) {
    const count =
      unit === UNITS.at(-1)?.[0] && parts.length === 0 ? Math.round(rest / 100) / 10 : Math.floor(rest / size)
    rest -= count * size
    if (count > 0) {
      parts.push(IN_UNITS[language][unit].format(count))
    }
  }
  return (ms < 0 ? '-' : '') + parts.join(' ')
}
