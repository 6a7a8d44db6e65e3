/** Loading, empty, failed and not allowed, each written as help: what it means and what to do next. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { isProblem } from '../api/problem.ts'
import { refusalWords } from './refusal.ts'
import styles from './states.module.css'

export function Loading() {
  const { t } = useTranslation()
  return (
    <div className={styles.state} role="status">
      <span className={styles.dots} aria-hidden="true" />
      <p className="quiet">{t('state.loading')}</p>
    </div>
  )
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.state}>
      <p className={styles.title}>{title}</p>
      {children ? <div className="quiet">{children}</div> : null}
    </div>
  )
}

/** The problem's own words where the gateway gave some, in the language of the page. */
export function ProblemText({ cause }: { cause: unknown }) {
  const { t } = useTranslation()
  const { title, detail } = refusalWords(cause, t)
  const errors = isProblem(cause) ? cause.errors : []
  return (
    <div className={styles.problem} role="alert">
      <strong>{title}</strong>
      {errors.length > 0 ? (
        <ul>
          {errors.map(({ path, message }) => (
            <li key={`${path} ${message}`}>{path ? t('state.inputError', { path, message }) : message}</li>
          ))}
        </ul>
      ) : detail ? (
        <p>{detail}</p>
      ) : null}
    </div>
  )
}

export function Failed({ cause, retry }: { cause: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  if (isProblem(cause, 403)) return <NotAllowed />
  if (isProblem(cause, 404)) {
    return (
      <Empty title={refusalWords(cause, t).detail || t('state.notFound')}>
        <Link to="/">{t('state.toStart')}</Link>
      </Empty>
    )
  }
  return (
    <div className={styles.state}>
      <ProblemText cause={cause} />
      {retry ? (
        <Button variant="default" onClick={retry}>
          {t('state.retry')}
        </Button>
      ) : null}
    </div>
  )
}

type Question = { readonly data: unknown; readonly error: unknown; refetch(): unknown }

/** As long as a question has no answer: that it is asked, or why there is none and a button that asks again. */
export function Unanswered({ of: { data, error, refetch } }: { of: Question }) {
  if (data !== undefined) return null
  return error ? <Failed cause={error} retry={() => void refetch()} /> : <Loading />
}

export function NotAllowed() {
  const { t } = useTranslation()
  return (
    <Empty title={t('state.notAllowed')}>
      <p>{t('state.notAllowedHelp')}</p>
      <Link to="/">{t('state.toStart')}</Link>
    </Empty>
  )
}
