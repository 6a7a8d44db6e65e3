/** Who changed which rule, when and why: of one rule, or of all. */
import { useQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { shortVersion } from '../alarms/rule-line.tsx'
import { ruleChanges } from '../api/queries.ts'
import type { RuleChange } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { actor } from '../parts/actor.ts'
import { useNames } from '../parts/names.ts'
import { Unanswered } from '../parts/states.tsx'
import styles from './settings.module.css'

export function RuleChanges({ rule }: { rule?: string }) {
  const { t } = useTranslation()
  const names = useNames()
  const format = useFormat()
  const changes = useQuery(ruleChanges(rule))
  const { data } = changes
  if (!data) return <Unanswered of={changes} />
  if (data.items.length === 0) return <p className="quiet">{t('rules.noChanges')}</p>
  return (
    <>
      <ul className={styles.changes}>
        {data.items.map((change, at) => (
          <li key={`${change.at} ${change.rule} ${change.to}`}>
            <time dateTime={change.at} title={format.absolute(change.at)}>
              {format.dayTime(change.at)}
            </time>
            <div>
              {rule === undefined ? (
                <Link to={`/settings/rules?rule=${encodeURIComponent(change.rule)}`}>
                  {names.rule(change.rule)}
                </Link>
              ) : null}{' '}
              <Kind of={change} />
              <p className="quiet">
                {t('rules.changedBy', { by: actor(change.by, t), reason: why(change, t) })}
              </p>
              <Difference before={olderOf(data.items, at)} after={change} />
            </div>
          </li>
        ))}
      </ul>
      {data.cut ? <p className="quiet">{t('list.first', { count: data.items.length })}</p> : null}
    </>
  )
}

/** What the gateway notes of itself is in the language of the page; what people wrote stays as they wrote it. */
const why = ({ by, reason }: RuleChange, t: TFunction): string =>
  by === 'gateway' ? t('rules.foundAtStart') : reason

function Kind({ of: { from, to } }: { of: RuleChange }) {
  const { t } = useTranslation()
  if (from === null) return t('rules.added', { version: shortVersion(to ?? '') })
  if (to === null) return t('rules.removed', { version: shortVersion(from) })
  return t('rules.changed', { from: shortVersion(from), to: shortVersion(to) })
}

const olderOf = (changes: readonly RuleChange[], at: number): RuleChange | undefined =>
  changes.slice(at + 1).find(({ rule }) => rule === changes[at]?.rule)

/** The keys of the declaration that are not what they were: `options: {"above":6} → {"above":8}`. */
function Difference({ before, after }: { before: RuleChange | undefined; after: RuleChange }) {
  if (!before?.declared || !after.declared) return null
  const [was, is] = [before.declared, after.declared]
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]),
  )
  if (keys.length === 0) return null
  return (
    <ul className={styles.difference}>
      {keys.map((key) => (
        <li key={key}>
          {key}: <del>{JSON.stringify(was[key]) ?? '–'}</del> <ins>{JSON.stringify(is[key]) ?? '–'}</ins>
        </li>
      ))}
    </ul>
  )
}
