/** By which rule an alarm was judged: its version then and now, and what is asked of it beside its options. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { evidence, rules } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { Facts } from '../parts/facts.tsx'
import { useConditions, useOptions } from '../parts/rule-words.ts'
import styles from './alarm-panel.module.css'

/** As many digits as tell two versions of one rule apart by eye. */
export const shortVersion = (version: string): string => version.slice(0, 8)

export function RuleLine({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation()
  const conditions = useConditions()
  const options = useOptions()
  const { data: judged } = useQuery(evidence(alarm.id))
  const rule = useQuery(rules).data?.items.find(({ id }) => id === alarm.rule)
  if (!rule) return null
  const isOther = judged && judged.version !== rule.version
  return (
    <section>
      <h3>{t('alarms.rule')}</h3>
      <Facts
        rows={[
          [
            t('settings.rule'),
            <Link key="rule" to={`/settings/rules?rule=${encodeURIComponent(rule.id)}`}>
              {t('rules.named', { name: rule.name, version: shortVersion(rule.version) })}
            </Link>,
          ],
          isOther && [
            t('rules.changedSince'),
            t('rules.judgedBy', { version: shortVersion(judged.version) }),
          ],
          [
            t('rules.options'),
            options(rule.kind, rule.options)
              .map((option) => t('audit.detail', option))
              .join(t('audit.between')) || t('none'),
          ],
          ...conditions(rule.conditions).map(({ name, text }) => [name, text] as const),
          alarm.latching === true && [t('rules.latching'), t('rules.latchingHelp')],
        ]}
      />
      {conditions(rule.conditions).length === 0 ? (
        <p className={`${styles.line} quiet`}>{t('rules.noConditions')}</p>
      ) : null}
    </section>
  )
}
