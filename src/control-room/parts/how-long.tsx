/** For how long something is to be quiet: a choice of usual lengths, and when that will be over. */
import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'

export const MINUTE_MS = 60_000
const HOUR = 60

/** Minutes; the last ones only for what is out of service. */
export const SHELF_MINUTES = [15, 30, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR] as const
export const SERVICE_MINUTES = [
  HOUR,
  4 * HOUR,
  8 * HOUR,
  24 * HOUR,
  3 * 24 * HOUR,
  7 * 24 * HOUR,
  30 * 24 * HOUR,
] as const

type Props = { readonly choice: readonly number[]; readonly minutes: number; onChange(minutes: number): void }

export function HowLong({ choice, minutes, onChange }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  return (
    <NativeSelect
      label={t('quiet.forHowLong')}
      description={t('quiet.ends', { time: format.dayTime(now + minutes * MINUTE_MS) })}
      value={String(minutes)}
      data={choice.map((one) => ({ value: String(one), label: format.duration(one * MINUTE_MS) }))}
      onChange={(event) => onChange(Number(event.currentTarget.value))}
    />
  )
}
