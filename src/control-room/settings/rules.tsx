/** What is watched for; a rule that had to park a subject says so. */
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { isProblem } from '../api/problem.ts'
import { queryClient, rules } from '../api/queries.ts'
import { useFormat } from '../format/use-format.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './settings.module.css'

export function Rules() {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useQuery(rules)
  return (
    <section className={styles.wide}>
      <h2>{t('settings.rules')}</h2>
      {data && data.items.length > 0 ? (
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">{t('alarms.column.severity')}</th>
              <th scope="col">{t('settings.rule')}</th>
              <th scope="col">{t('settings.order')}</th>
              <th scope="col" className="num">
                {t('settings.subjects')}
              </th>
              <th scope="col">{t('settings.verify')}</th>
              <th scope="col">{t('settings.parked')}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map(({ id, name, severity, order, subjects, verifyMs, parked }) => (
              <tr key={id}>
                <td>
                  <SeverityMark severity={severity} />
                </td>
                <td>{name}</td>
                <td className="quiet">{t(`settings.order.${order}`)}</td>
                <td className="num">{format.count(subjects)}</td>
                <td>{format.duration(verifyMs)}</td>
                <td>
                  {parked.length === 0 ? (
                    <span className="quiet">{t('none')}</span>
                  ) : (
                    <Parked rule={id} parked={parked} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="quiet">{t('settings.noRules')}</p>
      )}
    </section>
  )
}

/** A person looks why the rule failed before it may judge the subject again. */
function Parked({ rule, parked }: { rule: string; parked: readonly { subject: string; reason: string }[] }) {
  const { t } = useTranslation()
  const may = useMay()
  const release = useMutation({
    mutationFn: (subject: string) => calls.releaseParked(rule, subject),
    onError: (cause) =>
      notifications.show({
        title: isProblem(cause) ? cause.title : t('state.failed'),
        message: isProblem(cause) ? cause.message : String(cause),
        color: 'gray',
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: rules.queryKey }),
  })
  return (
    <>
      <strong>{t('settings.parkedCount', { count: parked.length })}</strong>
      {parked.slice(0, SHOWN).map(({ subject, reason }) => (
        <div key={subject}>
          {subject}: {reason}{' '}
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
        </div>
      ))}
    </>
  )
}

/** Of a rule; the next ones come up as these are released. */
const SHOWN = 10
