/** Night flow: what runs when nobody should use water, held against the nights before, the greatest rise first. */
import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { nightFlowsCsv } from '../api/calls.ts'
import { nightFlows } from '../api/queries.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { DateRange } from '../parts/date-range.tsx'
import { finds } from '../parts/find.ts'
import { FindField } from '../parts/find-field.tsx'
import report from '../parts/report.module.css'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { NightChart } from './night-chart.tsx'
import { nightQuestionOf } from './night-question.ts'
import { NightTable } from './night-table.tsx'
import { Verdict } from './verdict.tsx'
import styles from './water.module.css'
import { WaterPages } from './water-pages.tsx'
import { usePartName, Where } from './where.tsx'
import { isHigh, worstNightFirst } from './worst-first.ts'

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const part = usePartName()
  const { asked: address, change, link } = useAddress()
  const { asked, scope, choices, first, last, days } = nightQuestionOf(
    address,
    useNow(60_000),
    format.timeZone,
  )
  const nights = useQuery(nightFlows(asked))
  const { data, isPlaceholderData } = nights
  const rows = useMemo(() => worstNightFirst(data?.items ?? []), [data])
  const found = finds(address.get('q'))
  const shown = rows.filter(({ id, name }) => found(id, part(id, name)))
  const chosen = rows.find(({ id }) => id === address.get('id')) ?? shown[0] ?? rows[0]
  const high = rows.filter(isHigh).length
  const unknown = rows.filter(({ lastM3h }) => lastM3h === null).length
  const litres = (m3h: number | null) =>
    m3h === null ? t('water.unknown') : t('night.litres', { litres: format.number(m3h * 1_000, 0) })

  return (
    <div className={report.page}>
      <div className={`${report.bar} no-print`}>
        <WaterPages />
        <DateRange first={first} last={last} onChange={change} />
        <NativeSelect
          aria-label={t('water.by')}
          value={asked.by}
          data={choices.map((one) => ({ value: one, label: t(`water.by.${one}`) }))}
          onChange={(event) => change({ by: event.currentTarget.value, id: undefined })}
        />
        {chosen ? <FindField label={t('water.find')} /> : null}
        <Button component="a" variant="default" href={nightFlowsCsv(asked)} download>
          {t('water.csv')}
        </Button>
      </div>
      <Unanswered of={nights} />
      {data && !chosen ? <Empty title={t('water.none')}>{t('water.noneHelp')}</Empty> : null}
      {chosen ? (
        <div className={report.content} aria-busy={isPlaceholderData}>
          <section>
            <Where scope={scope} />
            <p className={report.answer}>
              <strong>
                {isPlaceholderData
                  ? t('state.loading')
                  : unknown === rows.length
                    ? t('night.noneKnown')
                    : high === 0
                      ? t('night.noneHigh')
                      : t('night.someHigh', { count: high })}
              </strong>{' '}
              <span className="quiet">
                {unknown > 0 && unknown < rows.length ? t('night.someUnknown', { count: unknown }) : null}
              </span>
            </p>
            <h2>
              {part(chosen.id, chosen.name)} {isHigh(chosen) ? <Verdict state="high" /> : null}
            </h2>
            <p>
              {t(chosen.usualM3h === null ? 'night.noUsual' : 'night.against', {
                last: litres(chosen.lastM3h),
                usual: litres(chosen.usualM3h),
              })}
            </p>
            <NightChart
              days={days}
              flowsM3h={isPlaceholderData ? [] : chosen.flowsM3h}
              usualM3h={chosen.usualM3h}
              label={t('night.chart', { name: part(chosen.id, chosen.name) })}
            />
            <p className="quiet">{t('night.help')}</p>
          </section>
          <section className={styles.table}>
            {shown.length > 0 ? (
              <NightTable
                rows={shown}
                by={asked.by}
                chosen={chosen.id}
                link={(id) => link({ id })}
                into={(id) =>
                  asked.by === 'device'
                    ? `/devices/${id}`
                    : link({ [asked.by]: id, by: undefined, id: undefined, q: undefined })
                }
              />
            ) : (
              <Empty title={t('water.noneSuch')} />
            )}
          </section>
        </div>
      ) : null}
    </div>
  )
}
