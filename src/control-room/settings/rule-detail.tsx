/**
 * One rule whole: whom it judges and by what, why it judges nobody or had to park somebody, and how it came
 * to be as it is.
 */
import { Button, CloseButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { shortVersion } from '../alarms/rule-line.tsx'
import * as calls from '../api/calls.ts'
import { queryClient, rules } from '../api/queries.ts'
import type { Rule } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { Facts } from '../parts/facts.tsx'
import { useNames } from '../parts/names.ts'
import { usePointName } from '../parts/points.ts'
import { useConditions, useOptions } from '../parts/rule-words.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { tellRefusal } from '../parts/tell.ts'
import { useMay } from '../session/use-session.ts'
import { RuleChanges } from './rule-changes.tsx'
import styles from './settings.module.css'

export function RuleDetail({ rule, onClose }: { rule: Rule; onClose(): void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const conditions = useConditions()
  const options = useOptions()
  const scope = useScope()
  return (
    <aside className={styles.panel} aria-label={t('rules.selected')}>
      <CloseButton className={styles.close} aria-label={t('close')} onClick={onClose} />
      <header>
        <SeverityMark severity={rule.severity} seen over />
        <h2>{rule.name}</h2>
      </header>
      {may('rules:test') ? (
        <p className="no-print">
          <Button
            component={Link}
            variant="default"
            to={`/settings/rules/draft?rule=${encodeURIComponent(rule.id)}`}
          >
            {t('draft.title')}
          </Button>
        </p>
      ) : null}
      <Idle rule={rule} />
      <Parked rule={rule} />
      <Facts
        rows={[
          [t('device.id'), rule.id],
          [t('rules.kind'), rule.kind],
          [t('rules.version'), shortVersion(rule.version)],
          rule.fault !== rule.id && [t('rules.fault'), rule.fault],
          [t('rules.scope'), scope(rule.scope)],
          [t('settings.subjects'), format.count(rule.subjects)],
          [t('settings.order'), t(`settings.order.${rule.order}`)],
          [t('settings.verify'), format.duration(rule.verifyMs)],
          rule.latching && [t('rules.latching'), t('rules.latchingHelp')],
          rule.neverShelve && [t('rules.neverShelve'), t('rules.neverShelveHelp')],
        ]}
      />
      <section>
        <h3>{t('rules.options')}</h3>
        {Object.keys(rule.options).length === 0 ? <p className="quiet">{t('rules.noOptions')}</p> : null}
        <Facts rows={options(rule.kind, rule.options).map(({ name, text }) => [name, text] as const)} />
      </section>
      <section>
        <h3>{t('rules.conditions')}</h3>
        {Object.keys(rule.conditions).length === 0 ? (
          <p className="quiet">{t('rules.noConditions')}</p>
        ) : (
          <Facts rows={conditions(rule.conditions).map(({ name, text }) => [name, text] as const)} />
        )}
      </section>
      <section>
        <h3>{t('rules.changes')}</h3>
        <RuleChanges rule={rule.id} />
      </section>
    </aside>
  )
}

function Idle({ rule: { idle } }: { rule: Rule }) {
  const { t } = useTranslation()
  const pointName = usePointName()
  if (!idle) return null
  return (
    <p className={styles.warning} role="status">
      <strong>{t('rules.idle')}</strong>{' '}
      {idle.inScope === 0
        ? t('rules.idleScope')
        : t('rules.idlePoints', { count: idle.inScope, points: idle.points.map(pointName).join(', ') })}
    </p>
  )
}

/** Of a rule; the next ones come up as these are released. */
const SHOWN = 20

/** A person looks why the rule failed before it may judge the subject again. */
function Parked({ rule: { id, parked } }: { rule: Rule }) {
  const { t } = useTranslation()
  const may = useMay()
  const format = useFormat()
  const names = useNames()
  const release = useMutation({
    mutationFn: (subject: string) => calls.releaseParked(id, subject),
    onError: tellRefusal,
    onSettled: () => queryClient.invalidateQueries({ queryKey: rules.queryKey }),
  })
  if (parked.length === 0) return null
  return (
    <section className={styles.warning}>
      <strong>{t('rules.parked', { count: parked.length })}</strong>
      <p className="quiet">{t('rules.parkedHelp')}</p>
      <ul>
        {parked.slice(0, SHOWN).map(({ subject, at, reason }) => (
          <li key={subject}>
            <span>
              <Link to={`/devices/${encodeURIComponent(subject)}`}>{names.device(subject)}</Link>{' '}
              <span className="quiet">{format.dayTime(at)}</span>
              <span className={styles.reason}>{reason}</span>
            </span>
            {may('rules:release') ? (
              <Button
                size="compact-xs"
                variant="default"
                disabled={release.isPending}
                onClick={() => release.mutate(subject)}
              >
                {t('settings.release')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

const SCOPES = [
  ...(['families', 'devices', 'exceptDevices', 'institutions', 'zones', 'routes', 'balances'] as const),
]
const MOST_NAMES = 8

/** A scope in words: names for ids, and how many where they are too many to read. */
function useScope(): (scope: Rule['scope']) => ReactNode {
  const { t } = useTranslation()
  const names = useNames()
  const nameOf: Readonly<Record<string, (id: string) => string>> = {
    families: (family) => t(`family.${family as 'water-meter'}`),
    devices: names.device,
    exceptDevices: names.device,
    institutions: names.institution,
    zones: (zone) => names.place({ institution: '', zone }),
  }
  return (scope) => {
    const given = Object.entries(scope)
    if (given.length === 0) return t('rules.scope.all')
    return given.map(([key, ids]) => {
      const listed = ids.slice(0, MOST_NAMES).map((id) => nameOf[key]?.(id) ?? id)
      const known = SCOPES.find((one) => one === key)
      const text = listed.join(t('list.comma'))
      const more = ids.length - listed.length
      return (
        <span key={key} className={styles.scope}>
          {known ? t(`rules.scope.${known}`, { names: text }) : `${key}: ${text}`}
          {more > 0 ? ` ${t('list.more', { count: more })}` : ''}
        </span>
      )
    })
  }
}
