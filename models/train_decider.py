#!/usr/bin/env python3
"""Train what decides whether words say a planned phrase.

    pip install numpy scikit-learn "jax[cpu]"
    for set in tests/data/retellings/*.tsv; do
        RETELLINGS=$set RETELLINGS_FEATURES=target/$(basename $set .tsv).jsonl cargo test --test retellings
    done
    python3 models/train_decider.py assets/paraphrase/decider.weights target/*.jsonl

Each line of the input is a text and a phrase: the vectors of their words, the places that may say the phrase, and
their features. Gradient-boosted trees (scikit-learn) learn from the features, and a small network (decomposable
attention, in JAX) from the vectors and the features. The last set on the command line is not trained on: it chooses
how both are weighed, and from which sum on a phrase counts as said, so that at most the share NEAR_MISSES of its
near misses do. The script prints what share of phrases is found in that set; with `--validate` also by threefold
cross-validation in the others.
"""

import json
import struct
import sys

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

NEAR_MISSES = 0.0775
OF_RULE = 0.75
SEEDS = 2
EPOCHS = 9
MAX_PHRASE, MAX_WINDOW, MARGIN, PROJECTED, WIDTH = 10, 26, 2, 48, 48
# A phrase that belongs to another section is no near miss, so it counts less.
WEIGHT_OF_OTHERS = 0.2
# The indices of the details, as in `comparison.rs`.
COSINE, MEAN_SIMILARITY, SMALLEST_SIMILARITY = 0, 1, 2
CONTRADICTIONS = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22]


def load(path):
    rows, vectors = [], None
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        if row["vectors"]:
            vectors = np.array(row["vectors"], np.float32) / 1000
        if len(vectors) != len(row["words"]):
            continue  # a phrase that joins words of the text
        ends = np.cumsum(row["sentences"])
        row["ranges"] = list(zip(np.concatenate([[0], ends[:-1]]), ends))
        row["text_vectors"] = unit(vectors)
        row["phrase_vectors"] = unit(np.array(row["phrase_vectors"], np.float32) / 1000)
        row["proposals"] = [(a, b, o, np.array(f, np.float32)) for a, b, o, f in row["proposals"]]
        rows.append(row)
    return rows


def unit(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def examples(rows, for_training, at_most=None):
    """Row number, proposal, label and weight of each proposal."""
    for number, row in enumerate(rows):
        proposals = row["proposals"]
        if at_most:
            proposals = sorted(proposals, key=lambda p: -(p[3][COSINE] + p[3][MEAN_SIMILARITY]))[:at_most]
        for proposal in proposals:
            if row["state"] == "said":
                if for_training and proposal[2] < 0.3:
                    continue
                yield number, proposal, 1.0, 1.0
            else:
                yield number, proposal, 0.0, 1.0 if row["state"] == "not said" else WEIGHT_OF_OTHERS


def best(rows, numbers, values, lowest):
    scores = np.full(len(rows), lowest, np.float32)
    np.maximum.at(scores, numbers, values)
    return scores


def train_forest(rows):
    _, proposals, labels, weights = zip(*examples(rows, True))
    forest = HistGradientBoostingClassifier(
        max_iter=300, learning_rate=0.05, max_leaf_nodes=8, l2_regularization=3,
        min_samples_leaf=25, max_features=0.5, random_state=0,
    )
    return forest.fit(np.array([p[3] for p in proposals]), labels, sample_weight=weights)


def forest_values(forest, proposals):
    return forest.decision_function(np.array([p[3] for p in proposals]))


def arrays(rows, numbers, proposals):
    shape = (len(numbers), MAX_PHRASE, 384), (len(numbers), MAX_WINDOW, 384)
    phrases, windows = np.zeros(shape[0], np.float32), np.zeros(shape[1], np.float32)
    of_phrase, of_window, inside = (np.zeros(s[:2], np.float32) for s in (shape[0], shape[1], shape[1]))
    for at, (number, (first, last, _, _)) in enumerate(zip(numbers, proposals)):
        row = rows[number]
        phrase = row["phrase_vectors"][:MAX_PHRASE]
        from_, to = next(r for r in row["ranges"] if r[0] <= first < r[1])
        start = max(from_, first - MARGIN)
        window = row["text_vectors"][start : min(to, last + 1 + MARGIN)][:MAX_WINDOW]
        phrases[at, : len(phrase)], of_phrase[at, : len(phrase)] = phrase, 1
        windows[at, : len(window)], of_window[at, : len(window)] = window, 1
        inside[at, first - start : min(MAX_WINDOW, last + 1 - start)] = 1
    return [phrases, of_phrase, windows, of_window, inside, np.array([p[3] for p in proposals])]


def new_network(key, features):
    keys = jax.random.split(key, 5)
    normal = lambda at, *shape: jax.random.normal(keys[at], shape) * np.sqrt(1 / shape[0])
    return {
        "projection": normal(0, 384, PROJECTED), "attention": jnp.array(3.0),
        "phrase": normal(1, 4 * PROJECTED, WIDTH), "phrase_bias": jnp.zeros(WIDTH),
        "window": normal(2, 4 * PROJECTED + 1, WIDTH), "window_bias": jnp.zeros(WIDTH),
        "hidden": normal(3, 4 * WIDTH + features, WIDTH), "hidden_bias": jnp.zeros(WIDTH),
        "output": normal(4, WIDTH), "bias": jnp.array(0.0),
    }


def log_odds(net, phrases, of_phrase, windows, of_window, inside, features, key=None):
    def drop(x, number, share=0.3):
        if key is None:
            return x
        keep = jax.random.bernoulli(jax.random.fold_in(key, number), 1 - share, x.shape)
        return x * keep / (1 - share)

    a = drop(phrases @ net["projection"], 0, 0.1)
    b = drop(windows @ net["projection"], 1, 0.1)
    fit = 12 * jnp.einsum("bik,bjk->bij", phrases, windows)
    fit += jnp.einsum("bik,bjk->bij", a, b) * net["attention"] / 7
    to_window = jax.nn.softmax(jnp.where(of_window[:, None] > 0, fit, -1e9), -1) @ b
    to_phrase = jax.nn.softmax(jnp.where(of_phrase[:, None] > 0, fit.transpose(0, 2, 1), -1e9), -1) @ a
    pair = lambda x, y: [x, y, jnp.abs(x - y), x * y]
    x = drop(jnp.concatenate(pair(a, to_window), -1), 2)
    y = drop(jnp.concatenate(pair(b, to_phrase) + [inside[..., None]], -1), 3)
    x = jax.nn.relu(x @ net["phrase"] + net["phrase_bias"]) * of_phrase[..., None]
    y = jax.nn.relu(y @ net["window"] + net["window_bias"]) * of_window[..., None]
    pool = lambda x, mask: [x.sum(1) / mask.sum(1, keepdims=True), x.max(1)]
    all_ = jnp.concatenate(pool(x, of_phrase) + pool(y, of_window) + [drop(features, 4, 0.1)], -1)
    hidden = jax.nn.relu(drop(all_, 5) @ net["hidden"] + net["hidden_bias"])
    return drop(hidden, 6) @ net["output"] + net["bias"]


def train_network(rows, seed):
    numbers, proposals, labels, weights = zip(*examples(rows, True, at_most=4))
    data, labels, weights = arrays(rows, numbers, proposals), np.array(labels), np.array(weights)
    weights *= np.where(labels > 0, (weights * (1 - labels)).sum() / (weights * labels).sum(), 1) ** 0.5
    means, deviations = data[5].mean(0), data[5].std(0) + 0.05
    data[5] = (data[5] - means) / deviations
    key = jax.random.PRNGKey(seed)
    net = new_network(key, data[5].shape[1])
    first, second = (jax.tree.map(jnp.zeros_like, net) for _ in range(2))

    def loss(net, batch, labels, weights, key):
        odds = log_odds(net, *batch, key=key)
        return (weights * (jnp.logaddexp(0, odds) - labels * odds)).mean()

    @jax.jit
    def step(net, first, second, t, rate, *rest):
        gradient = jax.grad(loss)(net, *rest)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        change = lambda p, m, v: p - rate * (
            m / (1 - 0.9**t) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8) + 0.03 * p
        )
        return jax.tree.map(change, net, first, second), first, second

    random, t, batch = np.random.default_rng(seed), 0, 128
    steps = EPOCHS * (len(labels) // batch)
    for _ in range(EPOCHS):
        order = random.permutation(len(labels))
        for start in range(0, len(order) - batch + 1, batch):
            t, at = t + 1, order[start : start + batch]
            rest = [d[at] for d in data], labels[at], weights[at], jax.random.fold_in(key, t)
            net, first, second = step(net, first, second, float(t), 1e-3 * (1 - t / (steps + 1)), *rest)
    return jax.tree.map(np.array, net), means, deviations


def network_values(networks, rows, numbers, proposals):
    run, sums = jax.jit(log_odds), 0.0
    for net, means, deviations in networks:
        values = []
        for start in range(0, len(numbers), 512):
            part = slice(start, start + 512)
            data = arrays(rows, numbers[part], proposals[part])
            data[5] = (data[5] - means) / deviations
            values.append(np.array(run(net, *data)))
        sums = sums + np.concatenate(values) / len(networks)
    return sums


def rule(proposal):
    f = proposal[3]
    return float(f[SMALLEST_SIMILARITY] >= 0.9 and f[COSINE] > 0.45 and not any(f[CONTRADICTIONS] > 0))


def parts(forest, networks, rows):
    numbers, proposals, _, _ = zip(*examples(rows, False))
    trees = forest_values(forest, proposals)
    # As in the program, the network sees the places that the trees like most.
    order, seen, keep = np.argsort(-trees), {}, []
    for at in order:
        seen[numbers[at]] = seen.get(numbers[at], 0) + 1
        if seen[numbers[at]] <= 6:
            keep.append(at)
    numbers, proposals, trees = [numbers[k] for k in keep], [proposals[k] for k in keep], trees[keep]
    return numbers, trees, network_values(networks, rows, numbers, proposals), np.array([rule(p) for p in proposals])


def combine(rows, parts_, weights):
    numbers, trees, nets, rules = parts_
    return best(rows, numbers, weights[0] * trees + weights[1] * nets + weights[2] * rules, -50.0)


def share(rows, scores, limit, kind, state):
    chosen = [s >= limit for s, row in zip(scores, rows) if (not kind or row["kind"] == kind) and row["state"] == state]
    return 100 * float(np.mean(chosen))


def report(title, rows, scores, limit):
    kinds = [("near", "said"), ("medium", "said"), ("far", "said"), ("near-miss", "not said"), (None, "elsewhere")]
    shares = [f"{k or 'of other sections'} {share(rows, scores, limit, k, s):.1f} %" for k, s in kinds]
    print(f"{title}: {', '.join(shares)}", flush=True)


def main(output, paths, validate):
    sets = [load(path) for path in paths]
    test, train = sets[-1], sets[:-1]
    rows = [row for s in train for row in s]
    forest = train_forest(rows)
    networks = [train_network(rows, seed) for seed in range(SEEDS)]
    found = parts(forest, networks, test)
    weights = [0.5 / found[1].std(), 0.5 / found[2].std(), OF_RULE]
    scores = combine(test, found, weights)
    misses = [s for s, row in zip(scores, test) if row["kind"] == "near-miss" and row["state"] == "not said"]
    limit = float(np.quantile(misses, 1 - NEAR_MISSES))
    for level in (0.05, 0.07, NEAR_MISSES, 0.1, 0.12, 0.15):
        report(f"{paths[-1]}, level {level}", test, scores, float(np.quantile(misses, 1 - level)))
    for at in range(3 if validate else 0):
        held = [row for s in train[at::3] for row in s]
        others = [row for n, s in enumerate(train) if n % 3 != at for row in s]
        part = parts(train_forest(others), [train_network(others, 0)], held)
        report(f"cross-validation {at + 1}", held, combine(held, part, weights), limit)
    write(output, weights, limit, forest, networks)


def write(output, weights, limit, forest, networks):
    numbers = [len(networks[0][1]), *weights, limit, float(forest._baseline_prediction.ravel()[0])]
    trees = [stage[0].nodes for stage in forest._predictors]
    numbers.append(len(trees))
    for nodes in trees:
        numbers.append(len(nodes))
        for node in nodes:
            feature = -1 if node["is_leaf"] else node["feature_idx"]
            threshold = 0 if node["is_leaf"] else node["num_threshold"]
            numbers += [feature, threshold, node["left"], node["right"], node["value"]]
    numbers.append(len(networks))
    for net, means, deviations in networks:
        for name in ["projection", "attention", "phrase", "phrase_bias", "window", "window_bias", "hidden", "hidden_bias", "output", "bias"]:
            values = net[name]
            numbers += list((values.T if values.ndim == 2 else values).ravel())
        numbers += [*means, *deviations]
    with open(output, "wb") as file:
        file.write(struct.pack(f"<{len(numbers)}f", *numbers))


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "--validate"]
    main(arguments[0], arguments[1:], "--validate" in sys.argv)
