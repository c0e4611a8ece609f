// A network namespace of its own that reaches what this machine reaches: a pair of virtual cards, and addresses translated.
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { run } from '../../setup/run.mjs';
import { SetupError } from '../../setup/steps.mjs';
import { atEnd, must } from './undo.mjs';

/** Shared address space (RFC 6598): neither engines nor home networks take it. */
const SUBNETS = '100.115';

/** iptables-extensions(8), TCPMSS. */
const SMALLER_SEGMENTS = '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu';

/** @returns {Promise<string>} the path of the namespace, for nsenter */
export async function openNetwork() {
  const name = `gp-fresh-${process.pid}`;
  // Names of cards have 15 letters at most.
  const card = `gpf${process.pid}`;
  const [outside, inside, subnet] = await freeAddresses();
  const mtu = await mtuOfWayOut();
  must(`ip netns add ${name}`);
  atEnd(() => must(`ip netns delete ${name}`));
  must(`ip link add ${card} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${name}`);
  // The kernel takes the other one of the pair with it.
  atEnd(() => must(`ip link delete ${card}`));
  must(`ip address add ${outside}/30 dev ${card}`);
  must(`ip link set ${card} up`);
  must(`ip -n ${name} address add ${inside}/30 dev eth0`);
  must(`ip -n ${name} link set eth0 up`);
  must(`ip -n ${name} link set lo up`);
  must(`ip -n ${name} route add default via ${outside}`);
  letThrough(card, subnet);
  return `/run/netns/${name}`;
}

/**
 * @param {string} card
 * @param {string} subnet
 */
function letThrough(card, subnet) {
  if (readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim() !== '1') {
    throw new SetupError('this machine forwards no packets', 'sysctl -w net.ipv4.ip_forward=1');
  }
  const rules = [
    ['nat', `POSTROUTING -s ${subnet} ! -o ${card} -j MASQUERADE`],
    // In front: an engine lets through only what is its own.
    ['filter', `FORWARD -i ${card} -j ACCEPT`],
    ['filter', `FORWARD -o ${card} -j ACCEPT`],
    // An engine's own network takes 1500 bytes, also where the way out takes less, and not every server learns of it.
    ['mangle', `FORWARD -i ${card} ${SMALLER_SEGMENTS}`],
    ['mangle', `FORWARD -o ${card} ${SMALLER_SEGMENTS}`],
  ];
  for (const [table, rule] of rules) {
    must(`iptables -w -t ${table} -I ${rule}`);
    atEnd(() => must(`iptables -w -t ${table} -D ${rule}`));
  }
}

/** @returns {Promise<[string, string, string]>} address outside, address inside, and their subnet */
async function freeAddresses() {
  const routes = await run('ip', ['route']);
  for (let third = process.pid % 250, tries = 0; tries < 250; third = (third + 1) % 250, tries += 1) {
    const start = `${SUBNETS}.${third}`;
    if (!routes.includes(`${start}.`)) return [`${start}.1`, `${start}.2`, `${start}.0/30`];
  }
  throw new SetupError(`no subnet of ${SUBNETS}.0.0/16 is free`, 'ip route');
}

/** Packets that are larger than the way out takes would be lost. */
async function mtuOfWayOut() {
  const device = / dev (\S+)/.exec(await run('ip', ['route', 'show', 'default']))?.[1];
  if (!device || !readdirSync('/sys/class/net').includes(device)) {
    throw new SetupError('this machine has no way out: packages cannot be fetched', 'ip route show default');
  }
  return readFileSync(`/sys/class/net/${device}/mtu`, 'utf8').trim();
}
