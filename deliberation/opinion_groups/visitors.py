"""What a map says of people and votes it was not made with, without making it anew."""

import numpy as np

from . import classic, clustering, ideal
from .fits import certainty, is_enough, sigmoid
from .maps import Map
from .votes import Float, Ids, Int, Votes, find


def place(map: Map, statement_ids: Ids, values: Ids) -> tuple[float, float, int, float]:
    """(x, y, group, certainty) of someone with these votes on a map that stays as it is.

    Statements the map does not know are left out; group is -1 with fewer votes than the map asks of its people.
    Raises ValueError for votes other than 1, 0 and -1.
    """
    visitor = Votes.of(np.zeros(len(statement_ids), np.int64), statement_ids, values, map.statement_ids)
    seen = len(visitor.value)
    if map.engine == "ideal":
        visitor = visitor.without_passes()
    position, sure = np.zeros(2), 0.0
    if len(visitor.value) and map.engine == "classic":
        components = classic.Components(map.intercept, map.loadings)
        position = classic.position(components, visitor, map.parameters["statements_voted"])[0]
        sure = float(classic.certainty(np.diff(visitor.starts))[0])
    elif len(visitor.value):
        people = ideal.score(_model(map), visitor)
        position, sure = people.mean[0, 2:], float(certainty(people)[0])
    enough = is_enough(np.array(seen), np.array(len(visitor.value)), map.parameters["votes_needed"])
    group = int(clustering.nearest(position[None], map.centres)[0]) if enough else -1
    return float(position[0]), float(position[1]), group, sure


def predict(map: Map, votes: Votes, participant_ids: Ids, statement_ids: Ids) -> Float:
    """P(agree | agrees or disagrees) for each pair [n]; `votes` are what is known of the participants.

    Ideal: from the map's statements and each participant's votes. Classic: the rate of the participant's group, drawn
    towards everybody's. Unknown participants count as average, unknown statements as the average statement.
    """
    who, what = np.asarray(participant_ids, np.int64), find(map.statement_ids, statement_ids)
    return _by_group(map, who, what) if map.engine == "classic" else _by_position(map, votes, who, what)


def _by_group(map: Map, who: Int, what: Int) -> Float:
    overall = (map.agree.sum() + 1) / (map.agree.sum() + map.disagree.sum() + 2)
    rate = (map.agree + 2 * overall) / (map.agree + map.disagree + 2)
    agree, disagree = map.group_counts[..., 0], map.group_counts[..., 1]
    rates = np.concatenate(((agree + 2 * rate) / (agree + disagree + 2), rate[None]))  # the last row: no group
    rates = np.column_stack((rates, np.full(len(rates), overall)))  # the last column: unknown statement
    return rates[np.append(map.group, -1)[map.person(who)], what]


def _by_position(map: Map, votes: Votes, who: Int, what: Int) -> Float:
    wanted, at = np.unique(who, return_inverse=True)
    known = find(wanted, votes.participant_ids)[votes.participant]
    rows = known >= 0
    asked = Votes.of(known[rows], votes.statement_ids[votes.statement[rows]], votes.value[rows], map.statement_ids)
    model = _model(map)
    people = ideal.score(model, asked.without_passes())
    mean, covariance = ideal.prior(model.spread, len(wanted))
    mean[asked.participant_ids], covariance[asked.participant_ids] = people
    average = model.intercept.mean() if len(model.intercept) else 0.0
    statement = np.concatenate((model.beliefs().mean, [[average, 1, 0, 0]]))[what]  # the last one: unknown
    logit = (statement * mean[at]).sum(axis=1)
    variance = np.einsum("ni,nij,nj->n", statement, covariance[at], statement)
    return sigmoid(logit / np.sqrt(1 + np.pi * variance / 8))  # MacKay 1992


def _model(map: Map) -> ideal.Model:
    return ideal.Model(map.intercept, map.loadings, map.parameters["spread"])
