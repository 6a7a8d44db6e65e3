/** A judgement in a word, with a shape where somebody has to act: a colour alone tells nobody anything. */
import { useTranslation } from 'react-i18next'
import type { WaterBalance, WaterQuota } from '../api/types.ts'
import styles from './water.module.css'

type State = WaterQuota['state'] | NonNullable<WaterBalance['sum']>['state'] | 'high'

const WEIGHT: Readonly<Partial<Record<State, 'act' | 'watch'>>> = {
  over: 'act',
  above: 'watch',
  lost: 'act',
  surplus: 'watch',
  high: 'act',
}

export function Verdict({ state }: { state: State }) {
  const { t } = useTranslation()
  return (
    <span className={styles.verdict} data-weight={WEIGHT[state]}>
      {t(`verdict.${state}`)}
    </span>
  )
}
