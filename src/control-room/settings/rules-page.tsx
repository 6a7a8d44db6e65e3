/** What is watched for: the rules in force, those that need a person first, and beside them the one that is selected. */
import { SegmentedControl, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { rules } from '../api/queries.ts'
import type { Rule } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useKeys } from '../keyboard/use-keys.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
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
  const { data, error, isPending, refetch } = useQuery(rules)
  const view = asked.get('view') === 'changes' ? 'changes' : 'rules'
  const text = (asked.get('q') ?? '').toLowerCase()
  const chosen = data?.items.find(({ id }) => id === asked.get('rule'))
  useKeys({ Escape: () => change({ rule: undefined }) })
  const fitting = (data?.items ?? [])
    .filter(({ id, name, kind }) => `${id} ${name} ${kind}`.toLowerCase().includes(text))
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
          {view === 'rules' ? (
            <TextInput
              aria-label={t('rules.find')}
              placeholder={t('rules.find')}
              value={asked.get('q') ?? ''}
              onChange={(event) => change({ q: event.currentTarget.value }, true)}
            />
          ) : null}
          {may('rules:reload') ? <ReloadRules /> : null}
        </div>
        {isPending ? <Loading /> : null}
        {error && !data ? <Failed cause={error} retry={() => void refetch()} /> : null}
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
  return (
    <table className="figures">
      <thead>
        <tr>
          <th scope="col">{t('alarms.column.severity')}</th>
          <th scope="col">{t('settings.rule')}</th>
          <th scope="col" className={styles.wideOnly}>
            {t('rules.kind')}
          </th>
          <th scope="col" className={styles.wideOnly}>
            {t('settings.order')}
          </th>
          <th scope="col" className="num">
            {t('settings.subjects')}
          </th>
          <th scope="col">{t('alarms.state')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ id, name, kind, severity, order, subjects, parked, idle }) => (
          <tr key={id} data-selected={id === chosen || undefined}>
            <td>
              <SeverityMark severity={severity} seen over />
            </td>
            <td>
              <Link to={link(id)}>{name}</Link> {name === id ? null : <span className="quiet">{id}</span>}
            </td>
            <td className={`${styles.wideOnly} quiet`}>{kind}</td>
            <td className={`${styles.wideOnly} quiet`}>{t(`settings.order.${order}`)}</td>
            <td className="num">{format.count(subjects)}</td>
            <td>
              {parked.length > 0 ? (
                <strong>{t('rules.parked', { count: parked.length })}</strong>
              ) : idle ? (
                <strong>{t('rules.idle')}</strong>
              ) : (
                <span className="quiet">{t('rules.runs')}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
