/**
 * What is asked of a rule beside its options, and when it counts, in words; what the page does not know
 * stands as it was declared.
 */
import { useTranslation } from 'react-i18next'
import { SEVERITY_WORDS } from '../../model/words.ts'
import { optionName, optionUnit } from '../../model/words-options.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { usePointName } from './points.ts'

export type Said = { readonly name: string; readonly text: string }

const NAMED = [
  'working-hours',
  'outside-working-hours',
  'working-days',
  'rest-days',
  'holidays',
  'night',
] as const
const DAYS = [
  'working',
  'rest',
  'holiday',
  'make-up',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const

type Bag = Readonly<Record<string, unknown>>
const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null
const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
const numberIn = (value: unknown, name: string): number =>
  isBag(value) && typeof value[name] === 'number' ? value[name] : 0

/** A `when` of a rule, in words. */
export function useWhen(): (when: unknown) => string {
  const { t } = useTranslation()
  const language = useLanguage()
  const list = (words: readonly string[], type: 'conjunction' | 'disjunction') =>
    new Intl.ListFormat(language, { type, style: 'short' }).format(words)
  const day = (name: unknown) => {
    const known = DAYS.find((one) => one === name)
    return known ? t(`when.day.${known as 'working'}`) : plain(name)
  }
  const one = (when: unknown): string => {
    const named = NAMED.find((name) => name === when)
    if (named) return t(`when.${named}`)
    if (!isBag(when)) return plain(when)
    const { hours, days, from, to } = when
    return list(
      [
        ...(hours === undefined
          ? []
          : [hours === 'working' ? t('when.working-hours') : t('when.free-hours')]),
        ...(Array.isArray(days) ? [list(days.map(day), 'disjunction')] : []),
        ...(from === undefined ? [] : [t('when.between', { from: plain(from), to: plain(to) })]),
      ],
      'conjunction',
    )
  }
  return (when) => (Array.isArray(when) ? list(when.map(one), 'disjunction') : one(when))
}

export function useConditions(): (conditions: Bag) => readonly Said[] {
  const { t } = useTranslation()
  const format = useFormat()
  const language = useLanguage()
  const pointName = usePointName()
  const when = useWhen()
  const ms = (value: unknown) => format.exactly(Number(value))
  const entries = (value: unknown) => (Array.isArray(value) ? value.filter(isBag) : [])
  const words: Readonly<Record<string, (value: unknown) => Said>> = {
    onDelayMs: (value) => ({
      name: t('condition.onDelay'),
      text: t('condition.onDelayIs', { for: ms(value) }),
    }),
    offDelayMs: (value) => ({
      name: t('condition.offDelay'),
      text: t('condition.offDelayIs', { for: ms(value) }),
    }),
    confirm: (value) => ({
      name: t('condition.confirm'),
      text: t('condition.confirmIs', { times: numberIn(value, 'times'), of: numberIn(value, 'of') }),
    }),
    deadband: (value) => ({
      name: t('condition.deadband'),
      text: t('condition.deadbandIs', {
        width: isBag(value) ? format.percent(numberIn(value, 'percent') / 100) : format.number(Number(value)),
      }),
    }),
    rateOfChange: (value) => ({
      name: t('condition.rate'),
      text: t('condition.rateIs', { point: pointName(isBag(value) ? plain(value.point) : '') }),
    }),
    heldMs: (value) => ({ name: t('condition.held'), text: t('condition.heldIs', { for: ms(value) }) }),
    quality: (value) => ({
      name: t('condition.quality'),
      text: value === 'good-only' ? t('condition.goodOnly') : t('condition.uncertainToo'),
    }),
    when: (value) => ({ name: t('condition.when'), text: when(value) }),
    optionsWhen: (value) => ({
      name: t('condition.optionsWhen'),
      text: entries(value)
        .map((entry) =>
          t('condition.optionsAt', { when: when(entry.when), options: declared(entry.options).join(', ') }),
        )
        .join('; '),
    }),
    severityWhen: (value) => ({
      name: t('condition.severityWhen'),
      text: entries(value)
        .map((entry) =>
          t('condition.optionsAt', {
            when: when(entry.when),
            options: SEVERITY_WORDS[entry.severity as keyof typeof SEVERITY_WORDS]?.[language] ?? '',
          }),
        )
        .join('; '),
    }),
  }
  return (conditions) =>
    Object.entries(conditions).map(([name, value]) => words[name]?.(value) ?? { name, text: plain(value) })
}

/** Options by their names, with units; what has no name stands as rules.yaml has it. */
export function useOptions(): (kind: string, options: unknown) => readonly Said[] {
  const { t } = useTranslation()
  const format = useFormat()
  const language = useLanguage()
  const pointName = usePointName()
  const text = (name: string, value: unknown): string => {
    if (name === 'point' && typeof value === 'string') return pointName(value)
    if (typeof value === 'boolean') return t(`said.${value}`)
    if (typeof value !== 'number') return plain(value)
    if (name.endsWith('Ms')) return format.exactly(value)
    const unit = optionUnit(name)
    return unit ? t('value.withUnit', { value: format.number(value), unit }) : format.number(value)
  }
  return (kind, options) =>
    isBag(options)
      ? Object.entries(options).map(([name, value]) => ({
          name: optionName(name, language, kind) ?? name,
          text: text(name, value),
        }))
      : []
}

/** Options as rules.yaml has them: `above: 8`. */
export const declared = (options: unknown): string[] =>
  isBag(options) ? Object.entries(options).map(([name, value]) => `${name}: ${plain(value)}`) : []
