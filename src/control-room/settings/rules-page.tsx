/**
 * What is watched for: the rules in force, those that need a person first, and beside them the one that is
 * selected.
 */
import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { rules } from '../api/queries.ts'
import type { Rule } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useKeys } from '../keyboard/use-keys.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { finds } from '../parts/find.ts'
import { FindField } from '../parts/find-field.tsx'
import { SeverityMark } from '../parts/severity.tsx'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useMay } from '../session/use-session.ts'
import { ReloadRules } from './reload-rules.tsx'
import { RuleChanges } from './rule-changes.tsx'
import { RuleDetail } from './rule-detail.tsx'
import styles from './settings.module.css'

/** Parked or idle: it does not do what it was written for. */
const needsLook = ({ parked, idle }: Rule): boolean => parked.length > 0 || idle !== null

export function Component() {
  const { t } = useTranslation()
  const may = useMay()
  const { asked, change, link } = useAddress()
  const inForce = useQuery(rules)
  const { data } = inForce
  const view = asked.get('view') === 'changes' ? 'changes' : 'rules'
  const found = finds(asked.get('q'))
  const chosen = data?.items.find(({ id }) => id === asked.get('rule'))
  useKeys({ Escape: () => change({ rule: undefined }) })
  const fitting = (data?.items ?? [])
    .filter(({ id, name, kind }) => found(id, name, kind))
    .sort((one, other) => Number(needsLook(other)) - Number(needsLook(one)))

  return (
    <div className={styles.rules} data-panel={chosen ? true : undefined}>
      <section className={styles.wide}>
        <div className={`${styles.tools} no-print`}>
          <SegmentedControl
            aria-label={t('rules.view')}
            value={view}
            data={[
              { value: 'rules', label: t('settings.rules') },
              { value: 'changes', label: t('rules.changes') },
            ]}
            onChange={(value) => change({ view: value === 'rules' ? undefined : value, rule: undefined })}
          />
          {view === 'rules' ? <FindField label={t('rules.find')} /> : null}
          {may('rules:reload') ? <ReloadRules /> : null}
        </div>
        <Unanswered of={inForce} />
        {view === 'changes' ? <RuleChanges /> : null}
        {view === 'rules' && data && fitting.length === 0 ? (
          <Empty title={t(data.items.length === 0 ? 'settings.noRules' : 'rules.noneFilter')} />
        ) : null}
        {view === 'rules' && fitting.length > 0 ? (
          <RuleTable items={fitting} chosen={chosen?.id} link={(rule) => link({ rule })} />
        ) : null}
      </section>
      {chosen ? (
        <RuleDetail key={chosen.id} rule={chosen} onClose={() => change({ rule: undefined })} />
      ) : null}
    </div>
  )
}

type TableProps = { items: readonly Rule[]; chosen: string | undefined; link(rule: string): string }

function RuleTable({ items, chosen, link }: TableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns: Column<Rule>[] = [
    {
      head: t('alarms.column.severity'),
      cell: ({ severity }) => <SeverityMark severity={severity} seen over />,
    },
    {
      head: t('settings.rule'),
      cell: ({ id, name }) => (
        <>
          <Link to={link(id)}>{name}</Link>
          {name === id ? null : <div className="quiet">{id}</div>}
        </>
      ),
    },
    { head: t('rules.kind'), is: 'wide', cell: ({ kind }) => <span className="quiet">{kind}</span> },
    {
      head: t('settings.order'),
      is: 'wide',
      cell: ({ order }) => <span className="quiet">{t(`settings.order.${order}`)}</span>,
    },
    { head: t('settings.subjects'), is: 'num', cell: ({ subjects }) => format.count(subjects) },
    { head: t('alarms.state'), cell: (rule) => <State of={rule} /> },
  ]
  return <FiguresTable rows={items} idOf={({ id }) => id} columns={columns} selected={chosen} />
}

function State({ of: { parked, idle } }: { of: Rule }) {
  const { t } = useTranslation()
  if (parked.length > 0) return <strong>{t('rules.parked', { count: parked.length })}</strong>
  if (idle) return <strong>{t('rules.idle')}</strong>
  return <span className="quiet">{t('rules.runs')}</span>
}
