/**
 * What a draft would have raised beside what was raised: the answer in one line, then each alarm with its
 * mark and its reason.
 */
import { SegmentedControl } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Backtest } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { useBecause, useNames } from '../parts/names.ts'
import report from '../parts/report.module.css'
import { useAddress } from '../parts/use-address.ts'
import styles from './draft.module.css'
import { type Line, linesOf, type Mark } from './draft-lines.ts'

/** Drawn; all are counted. */
const SHOWN = 300

/** A sign beside the word, for whoever reads down the column. */
const SIGNS: Readonly<Record<Mark, string>> = { added: '+', gone: '−', same: '=', unjudged: '?' }

export function DraftOutcome({ of }: { of: Backtest }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { asked, change } = useAddress()
  const side = asked.get('beside') === 'running' ? 'running' : 'fired'
  const onlyDifferent = asked.get('show') !== 'all'
  const { lines, isWhole } = useMemo(() => linesOf(of, side), [of, side])
  const shown = onlyDifferent ? lines.filter(({ mark }) => mark !== 'same') : lines
  const { added, gone, same, unjudged } = of.beside[side]
  const alarms = of.rules.reduce((sum, rule) => sum + rule.alarms, 0)
  const standing = of.rules.reduce((sum, rule) => sum + rule.standing, 0)

  return (
    <>
      <p className={report.answer}>
        <strong>{t('draft.alarms', { count: alarms })}</strong>{' '}
        <span>
          {t('draft.compared', {
            added: format.count(added),
            gone: format.count(gone),
            same: format.count(same),
          })}
        </span>{' '}
        <span className="quiet">
          {t('draft.over', { count: of.readings, range: format.dateRange(of.from, of.to) })}
        </span>
      </p>
      <ul className={styles.notes}>
        {of.readings === 0 ? <li>{t('draft.noReadings')}</li> : null}
        {standing > 0 ? <li>{t('draft.standing', { count: standing })}</li> : null}
        {unjudged > 0 ? <li>{t('draft.unjudged', { count: unjudged })}</li> : null}
        {of.lateStretches > 0 ? <li>{t('draft.lateStretches', { count: of.lateStretches })}</li> : null}
        {of.absences.unreadable.map(({ from, to }) => (
          <li key={from}>{t('draft.unreadable', { range: format.dateRange(from, to) })}</li>
        ))}
        {of.parked.length > 0 ? (
          <li>{t('draft.parked', { count: of.parked.length, cause: of.parked[0]?.cause })}</li>
        ) : null}
      </ul>
      <div className={styles.ask}>
        <SegmentedControl
          aria-label={t('draft.beside')}
          value={side}
          data={[
            { value: 'fired', label: t('draft.beside.fired') },
            { value: 'running', label: t('draft.beside.running') },
          ]}
          onChange={(value) => change({ beside: value === 'fired' ? undefined : value }, true)}
        />
        <SegmentedControl
          aria-label={t('draft.show')}
          value={onlyDifferent ? 'different' : 'all'}
          data={[
            { value: 'different', label: t('draft.show.different') },
            { value: 'all', label: t('draft.show.all') },
          ]}
          onChange={(value) => change({ show: value === 'all' ? 'all' : undefined }, true)}
        />
      </div>
      {shown.length > 0 ? (
        <Lines lines={shown.slice(0, SHOWN)} />
      ) : (
        <p className="quiet">{t(lines.length > 0 ? 'draft.noDifference' : 'draft.noAlarms')}</p>
      )}
      {shown.length > SHOWN || !isWhole ? (
        <p className="quiet">{t('draft.first', { count: Math.min(shown.length, SHOWN) })}</p>
      ) : null}
    </>
  )
}

function Lines({ lines }: { lines: readonly Line[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const because = useBecause()
  const columns: Column<Line>[] = [
    {
      head: t('draft.mark'),
      cell: ({ mark, late }) => (
        <span className={styles.mark} data-mark={mark}>
          <span aria-hidden="true">{SIGNS[mark]}</span> {t(`draft.mark.${mark}`)}
          {late ? <span className="quiet"> {t('draft.late')}</span> : null}
        </span>
      ),
    },
    {
      head: t('alarms.raised'),
      cell: ({ raisedAt, id }) => {
        const at = <time dateTime={raisedAt}>{format.dayTimeSeconds(raisedAt)}</time>
        return id === null ? at : <Link to={`/?alarm=${id}`}>{at}</Link>
      },
    },
    {
      head: t('alarms.cleared'),
      is: 'wide',
      cell: ({ raisedAt, clearedAt }) => (
        <span className="quiet">
          {clearedAt === null
            ? t('alarms.stillOn')
            : t('alarms.lasted', { duration: format.duration(Date.parse(clearedAt) - Date.parse(raisedAt)) })}
        </span>
      ),
    },
    { head: t('alarms.column.where'), is: 'text', cell: ({ device }) => names.device(device) },
    { head: t('alarms.column.why'), is: 'text', cell: ({ because: why, device }) => because(why, device) },
  ]
  return (
    <FiguresTable
      rows={lines}
      idOf={({ mark, subject, raisedAt }) => `${mark} ${subject} ${raisedAt}`}
      columns={columns}
    />
  )
}
