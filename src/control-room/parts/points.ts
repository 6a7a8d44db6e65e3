/**
 * Names of the points that come with the gateway's own profiles, and of the words they say; others stand as
 * their profile names them.
 */
import { useTranslation } from 'react-i18next'
import type { Value } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'

const POINTS = [
  'access',
  'accuracy',
  'back-flow',
  'battery',
  'battery-level',
  'battery-low',
  'cover-open',
  'credential',
  'direction',
  'door',
  'duress',
  'external-power',
  'fire',
  'flow',
  'fuel',
  'guard',
  'hdop',
  'heading',
  'ignition',
  'lat',
  'lock',
  'lon',
  'magnetic-field',
  'module-removed',
  'odometer',
  'pressure',
  'reason',
  'reverse',
  'satellites',
  'speed',
  'tag',
  'tamper',
  'valve',
  'volume',
] as const

const SAYINGS = [
  'open',
  'closed',
  'locked',
  'unlocked',
  'granted',
  'denied',
  'in',
  'out',
  'true',
  'false',
] as const

export function usePointName(): (point: string) => string {
  const { t } = useTranslation()
  return (point) => {
    const known = POINTS.find((one) => one === point)
    return known ? t(`point.${known}`) : point
  }
}

export function useValue(): (value: Value, unit?: string | null) => string {
  const { t } = useTranslation()
  const format = useFormat()
  return (value, unit) => {
    const said = SAYINGS.find((one) => one === String(value))
    if (said && typeof value !== 'number') return t(`said.${said}`)
    return unit ? t('value.withUnit', { value: format.value(value), unit }) : format.value(value)
  }
}
