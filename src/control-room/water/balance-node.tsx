/** One balance: its meters as shares of what goes in, what is missing between them, and the balances below. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { WaterBalance } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useMay } from '../session/use-session.ts'
import type { BalanceTree } from './balance-tree.ts'
import { Verdict } from './verdict.tsx'
import styles from './water.module.css'

type Meter = WaterBalance['main'][number]

export function BalanceNode({ node: { balance, below } }: { node: BalanceTree }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { name, sum, main, subs, days, daysCompared } = balance
  const m3 = (volume: number) => t('water.m3', { volume: format.fixed(volume, 2) })
  const widest = Math.max(sum?.supplyM3 ?? 0, sum?.meteredM3 ?? 0)
  const share = (volume: number) => (widest > 0 ? Math.min(1, Math.max(0, volume / widest)) : 0)
  const missing = sum ? Math.abs(sum.missingM3) : 0
  return (
    <section className={styles.node} aria-label={name}>
      <h3>
        {name} {sum ? <Verdict state={sum.state} /> : null}
      </h3>
      <p className="quiet">
        {daysCompared === 0
          ? t('balance.notComparable', { days })
          : t('balance.compared', { compared: daysCompared, days })}
      </p>
      <ul>
        {main.map((meter) => (
          <Line key={meter.device} meter={meter} side="main" share={share(meter.volumeM3 ?? 0)} days={days} />
        ))}
        {subs.map((meter) => (
          <Line key={meter.device} meter={meter} side="sub" share={share(meter.volumeM3 ?? 0)} days={days}>
            {below.get(meter.device)?.map((child) => (
              <BalanceNode key={child.balance.id} node={child} />
            ))}
          </Line>
        ))}
        {sum ? (
          <li>
            <div className={styles.flow}>
              <span className={styles.flowName}>
                {t(sum.missingM3 < 0 ? 'balance.surplus' : 'balance.missing')}
              </span>
              <span className="num">{m3(missing)}</span>
              <span className={styles.bar} aria-hidden="true">
                <span data-side="missing" style={{ width: `${share(missing) * 100}%` }} />
              </span>
              <span className="quiet">
                {t('balance.tolerance', {
                  share: sum.supplyM3 > 0 ? format.percent(missing / sum.supplyM3) : '–',
                  tolerance: m3(sum.toleranceM3),
                })}
              </span>
            </div>
          </li>
        ) : null}
      </ul>
    </section>
  )
}

type LineProps = {
  readonly meter: Meter
  readonly side: 'main' | 'sub'
  readonly share: number
  readonly days: number
  readonly children?: React.ReactNode
}

function Line({ meter: { device, name, volumeM3, daysKnown }, side, share, days, children }: LineProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  return (
    <li>
      <div className={styles.flow}>
        <span className={styles.flowName}>
          <span className="quiet">{t(`balance.side.${side}`)}</span>{' '}
          {may('devices:read') ? <Link to={`/devices/${device}`}>{name}</Link> : name}
        </span>
        <span className="num">
          {volumeM3 === null ? t('water.unknown') : t('water.m3', { volume: format.fixed(volumeM3, 2) })}
        </span>
        <span className={styles.bar} aria-hidden="true">
          <span data-side={side} style={{ width: `${share * 100}%` }} />
        </span>
        <span className="quiet">
          {daysKnown < days ? t('balance.known', { known: daysKnown, days }) : null}
        </span>
      </div>
      {children}
    </li>
  )
}
