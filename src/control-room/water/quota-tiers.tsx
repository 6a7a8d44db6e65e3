/**
 * What of the year's use lies in each band beyond the quota, so far and by the end of the year; only where
 * the site has bands.
 */
import { useTranslation } from 'react-i18next'
import type { WaterQuota } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import styles from './water.module.css'

type Tier = NonNullable<WaterQuota['tiers']>[number]

export function QuotaTiers({ tiers }: { tiers: readonly Tier[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const upTo = new Map(tiers.map(({ above }, at) => [above, tiers[at + 1]?.above]))
  const band = ({ above }: Tier) => {
    const end = upTo.get(above)
    const from = format.percent(1 + above)
    return end === undefined
      ? t('quota.tier.beyond', { from })
      : t('quota.tier.between', { from, to: format.percent(1 + end) })
  }
  const volume = (m3: number | null) => (m3 === null ? '–' : format.number(m3, 0))
  const columns: Column<Tier>[] = [
    { head: t('quota.tier.band'), cell: band },
    { head: t('quota.tier.surcharge'), is: 'num', cell: ({ surcharge }) => format.percent(surcharge) },
    { head: t('quota.tier.used'), is: 'num', cell: ({ usedM3 }) => volume(usedM3) },
    { head: t('quota.tier.forecast'), is: 'num', cell: ({ forecastM3 }) => volume(forecastM3) },
  ]
  return (
    <>
      <h3 className={styles.part}>{t('quota.tiers')}</h3>
      <FiguresTable rows={tiers} idOf={({ above }) => above} columns={columns} />
    </>
  )
}
