/** Quotas: who will not keep to the year's water, the worst first, and how one institution's quota burns down. */
import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { waterQuotasCsv } from '../api/calls.ts'
import { waterQuotas } from '../api/queries.ts'
import { boundary } from '../format/calendar.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { finds } from '../parts/find.ts'
import { FindField } from '../parts/find-field.tsx'
import report from '../parts/report.module.css'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { QuotaDetail } from './quota-detail.tsx'
import { QuotaTable } from './quota-table.tsx'
import styles from './water.module.css'
import { WaterPages } from './water-pages.tsx'
import { worstQuotaFirst } from './worst-first.ts'

/** The years that an energy office still asks about. */
const YEARS_BACK = 3

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const { asked, change, link } = useAddress()
  const now = useNow(60_000)
  const thisYear = Number(new Date(boundary('day', now, format.timeZone) + 43_200_000).getUTCFullYear())
  const year = Number(asked.get('year') ?? thisYear) || thisYear
  const quotas = useQuery(waterQuotas(year))
  const { data, isPlaceholderData } = quotas
  const rows = useMemo(() => worstQuotaFirst(data?.items ?? []), [data])
  const found = finds(asked.get('q'))
  const shown = rows.filter(({ id, name }) => found(id, name))
  const chosen = rows.find(({ id }) => id === asked.get('id')) ?? shown[0] ?? rows[0]
  const above = rows.filter(({ state }) => state === 'above' || state === 'over').length
  const unknown = rows.filter(({ state }) => state === 'unknown').length

  return (
    <div className={report.page}>
      <div className={`${report.bar} no-print`}>
        <WaterPages />
        <NativeSelect
          aria-label={t('quota.year')}
          value={year}
          data={Array.from({ length: YEARS_BACK + 1 }, (_, back) => String(thisYear - back))}
          onChange={(event) => change({ year: event.currentTarget.value, id: undefined })}
        />
        {chosen ? <FindField label={t('water.find')} /> : null}
        <Button component="a" variant="default" href={waterQuotasCsv(year)} download>
          {t('water.csv')}
        </Button>
      </div>
      <Unanswered of={quotas} />
      {data && !chosen ? <Empty title={t('quota.none')}>{t('quota.noneHelp')}</Empty> : null}
      {chosen ? (
        <div className={report.content} aria-busy={isPlaceholderData}>
          <section>
            <p className={report.answer}>
              <strong>
                {unknown === rows.length
                  ? t('quota.noneJudged')
                  : above === 0
                    ? t('quota.allWithin')
                    : t('quota.someAbove', { count: above })}
              </strong>{' '}
              <span className="quiet">
                {unknown > 0 && unknown < rows.length ? t('quota.someUnknown', { count: unknown }) : null}
              </span>
            </p>
            <QuotaDetail quota={chosen} year={year} now={now} />
          </section>
          <section className={styles.table}>
            {shown.length > 0 ? (
              <QuotaTable rows={shown} chosen={chosen.id} link={(id) => link({ id })} />
            ) : (
              <Empty title={t('water.noneSuch')} />
            )}
          </section>
        </div>
      ) : null}
    </div>
  )
}
