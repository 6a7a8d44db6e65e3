/** The balances of the site as a tree: what goes in, where it comes out, and what is lost between the meters. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { waterBalancesCsv } from '../api/calls.ts'
import { waterBalances } from '../api/queries.ts'
import { boundary, dayStart, dayText } from '../format/calendar.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { DateRange } from '../parts/date-range.tsx'
import report from '../parts/report.module.css'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { BalanceNode } from './balance-node.tsx'
import { treeOf } from './balance-tree.ts'
import styles from './water.module.css'
import { WaterPages } from './water-pages.tsx'

/** A week of whole days: the one under way is known of no meter. */
const DAYS_BACK = 7

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const { asked: address, change } = useAddress()
  const { timeZone } = format
  const today = boundary('day', useNow(60_000), timeZone)
  const lastDay = dayStart(address.get('to'), timeZone) ?? boundary('day', today, timeZone, -1)
  const asked = dayStart(address.get('from'), timeZone) ?? boundary('day', lastDay, timeZone, 1 - DAYS_BACK)
  const from = Math.min(asked, lastDay)
  const days = {
    from: new Date(from).toISOString(),
    to: new Date(boundary('day', lastDay, timeZone, 1)).toISOString(),
  }
  const balances = useQuery(waterBalances(days))
  const { data, isPlaceholderData } = balances
  const tree = useMemo(() => treeOf(data?.items ?? []), [data])
  const off = data?.items.filter(({ sum }) => sum && sum.state !== 'balanced').length ?? 0
  const unknown = data?.items.filter(({ sum }) => sum === null).length ?? 0

  return (
    <div className={report.page}>
      <div className={`${report.bar} no-print`}>
        <WaterPages />
        <DateRange first={dayText(from, timeZone)} last={dayText(lastDay, timeZone)} onChange={change} />
        <Button component="a" variant="default" href={waterBalancesCsv(days)} download>
          {t('water.csv')}
        </Button>
      </div>
      <Unanswered of={balances} />
      {data && tree.length === 0 ? <Empty title={t('balance.none')}>{t('balance.noneHelp')}</Empty> : null}
      {tree.length > 0 ? (
        <div className={styles.tree} aria-busy={isPlaceholderData}>
          <h2>{format.dateRange(days.from, days.to)}</h2>
          <p className={report.answer}>
            <strong>
              {isPlaceholderData
                ? t('state.loading')
                : unknown === data?.items.length
                  ? t('balance.noneKnown')
                  : off === 0
                    ? t('balance.allFine')
                    : t('balance.someOff', { count: off })}
            </strong>{' '}
            <span className="quiet">
              {unknown > 0 && unknown < (data?.items.length ?? 0)
                ? t('balance.someUnknown', { count: unknown })
                : null}
            </span>
          </p>
          {tree.map((node) => (
            <BalanceNode key={node.balance.id} node={node} />
          ))}
        </div>
      ) : null}
    </div>
  )
}
