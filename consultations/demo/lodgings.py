"""The debate of Port-Sablier: what people vote on, what they propose, what they argue. Every place is fictional."""

# ruff: noqa: E501 - texts as they are shown

from typing import Any

from .outcomes import WAITING, Outcome, refused

# How the town leans; "undecided" answer as the others do on average. No leaning is ever shown on screen.
LEANINGS = {"residents": 0.4, "owners": 0.29, "trade": 0.25, "undecided": 0.06}


def say(text: str, residents: float, owners: float, trade: float, passes: float = 0.07, **more: Any) -> dict[str, Any]:
    """A statement with how many of each leaning agree, and how many pass, from 0 to 1."""
    agree = {"residents": residents, "owners": owners, "trade": trade, "undecided": (residents + owners + trade) / 3}
    return {"text": text, "agree": agree, "passes": passes, **more}


SEEDS = [
    say("Louer sa résidence principale quelques semaines par an doit rester simple.", 0.52, 0.96, 0.85),
    say("Il y a trop de logements loués à la semaine dans le vieux port.", 0.94, 0.07, 0.7, 0.05),
    say("Sans les touristes, la moitié des commerces fermeraient.", 0.25, 0.75, 0.96),
    say("Un logement entier loué à l’année devrait valoir une baisse d’impôt.", 0.7, 0.8, 0.66, 0.14),
    say("Je connais quelqu’un qui a dû quitter la ville faute de logement.", 0.86, 0.34, 0.78, 0.1),
    say("Les propriétaires ont le droit de faire ce qu’ils veulent de leur bien.", 0.06, 0.93, 0.24, 0.05),
    say("Un nombre maximum de meublés par rue serait juste.", 0.88, 0.1, 0.2, 0.09),
    say("Les règles doivent être les mêmes au port et dans les hameaux.", 0.5, 0.42, 0.4, 0.2),
    say("Le bruit est le premier problème des locations de courte durée.", 0.58, 0.22, 0.3, 0.12),
    say("Les saisonniers devraient être logés en priorité.", 0.26, 0.2, 0.97),
    say("La ville devrait contrôler plus souvent les annonces.", 0.96, 0.79, 0.87, 0.06),
    say("Les contrôles coûtent plus qu’ils ne rapportent.", 0.12, 0.62, 0.4, 0.22),
    say("Une famille qui loue son studio pour payer ses études n’est pas une multinationale.", 0.62, 0.97, 0.84),
    say("Au-delà de deux logements, louer est une activité commerciale comme une autre.", 0.7, 0.4, 0.6, 0.5),
    say("La taxe de séjour devrait financer des logements pour les habitants.", 0.96, 0.77, 0.89, 0.06),
    say("Limiter les meublés fera baisser les loyers à l’année.", 0.9, 0.07, 0.14, 0.08),
    say("Limiter les meublés ne changera rien : les gens vendront.", 0.08, 0.9, 0.84, 0.08),
    say("L’hiver, des rues entières sont éteintes et cela m’attriste.", 0.92, 0.58, 0.88),
    say("Les arrivées tardives devraient être interdites après 22 h.", 0.72, 0.4, 0.04),
    say("Les voisins devraient pouvoir joindre un responsable jour et nuit.", 0.97, 0.84, 0.88, 0.05),
    say("Il faut attendre de connaître les chiffres avant de décider.", 0.24, 0.8, 0.3, 0.1),
    say("On a déjà trop attendu.", 0.86, 0.16, 0.84, 0.1),
    say("Les résidences secondaires fermées posent plus de problèmes que les meublés.", 0.4, 0.5, 0.9, 0.12),
    say("Je serais prêt à loger un saisonnier si la ville m’aidait.", 0.15, 0.2, 0.72, 0.18),
]  # fmt: skip

NAMES_SOMEBODY = refused(3, "Cette phrase nomme une personne. Vous pouvez proposer la même idée sans nommer personne.")
INSULTS = refused(2, "Cette phrase insulte un groupe de personnes. Dites ce que vous proposez, sans insulte.")
OFF_TOPIC = refused(1, "Le débat porte sur les meublés de tourisme, pas sur le stationnement.")
ACCUSES = refused(5, "Cette phrase accuse sans preuve. Dites ce que la ville devrait faire autrement.")
DOOR = "Le numéro d’un responsable devrait être affiché sur la porte de chaque meublé."
PARKING = "Chaque meublé devrait avoir une place de stationnement : le port est plein l’été."
SOLD = "De toute façon, la mairie est vendue aux promoteurs."
SHUTTERS = "En janvier, trois commerces sur dix gardent le rideau baissé."

# `wave`: in which part of the debate it came; `outcome`: what the moderators did, published unless said.
PROPOSED = [
    say(DOOR, 0.92, 0.78, 0.86, wave=0),
    say("Une maison des saisonniers vaudrait mieux que des quotas.", 0.28, 0.5, 0.95, 0.1, wave=0),
    say("Les quotas devraient d’abord viser les sociétés, pas les habitants.", 0.76, 0.84, 0.8, wave=0),
    say("L’été, les poubelles débordent : aux loueurs de payer une collecte de plus.", 0.88, 0.2, 0.75, wave=0),
    say("Un logement en mauvais état ne devrait pas pouvoir être loué à la semaine.", 0.95, 0.74, 0.88, wave=1),
    say("Il faut un seul guichet à la mairie pour déclarer son meublé.", 0.7, 0.9, 0.78, 0.15, wave=1),
    say("Dans un immeuble, un meublé sur trois logements suffit.", 0.8, 0.12, 0.25, 0.16, wave=1),
    say("Louer neuf mois à un étudiant puis l’été à des touristes : c’est une bonne idée.", 0.62, 0.74, 0.78, wave=2),
    say("Le camping pourrait garder vingt places pour les saisonniers.", 0.6, 0.7, 0.9, wave=2, outcome=WAITING),
    say("Les clés devraient être remises en main propre, jamais dans une boîte.", 0.7, 0.1, 0.2, wave=3, outcome=WAITING),
    say("M. Lemoine, rue des Voiliers, loue six appartements sans rien déclarer.", 1, 0, 0, wave=0, outcome=NAMES_SOMEBODY),
    say("Les clés doivent être remises en main propre et jamais dans une boîte.", 0.7, 0.1, 0.2, wave=3, outcome=WAITING),
    say("Sur la porte de chaque meublé, il faudrait afficher le numéro d’un responsable.", 0.9, 0.8, 0.85, wave=1, outcome=Outcome("merge", into=DOOR)),
    say(PARKING, 0.8, 0.3, 0.6, wave=0, outcome=OFF_TOPIC),
    say("Les loueurs sont des parasites, qu’ils s’en aillent.", 1, 0, 0, wave=1, outcome=INSULTS),
]  # fmt: skip


def reason(side: str, by: str, text: str, on: int = 0, wave: int = 0, appeal: float = 1, **more: Any) -> dict[str, Any]:
    """An argument of somebody of the leaning `by`, under the statement numbered `on`; 0 is the question itself."""
    return {"side": side, "by": by, "text": text, "on": on, "wave": wave, "appeal": appeal, **more}


def reply(by: str, text: str, appeal: float = 0.5) -> dict[str, Any]:
    return {"by": by, "text": text, "appeal": appeal}


ARGUMENTS = [
    reason("for", "residents", "Une règle claire protège aussi ceux qui louent bien : les voisins savent à qui parler.", appeal=1.6),
    reason("for", "residents", "À l’école du Vieux-Port, une classe a fermé : les familles ne trouvent plus à se loger.", wave=1),
    reason("against", "owners", "Chaque règle de plus demande un contrôle, donc des agents et de l’argent."),
    reason("against", "owners", "Ma location paie ma taxe foncière et les travaux du toit. Sans elle, je vends.", wave=2, replies=[reply("residents", "Louée à l’année, elle les paierait aussi.")]),
    reason("for", "residents", "Dans ma rue, je compte onze boîtes à clés pour quatorze maisons.", on=2, appeal=1.5, replies=[reply("owners", "Beaucoup de ces maisons étaient fermées dix mois sur douze avant d’être louées.", 0.8)]),
    reason("against", "trade", "Le vieux port vivait déjà de l’été avant les sites de location.", on=2, wave=1),
    reason("for", "trade", SHUTTERS, on=3, appeal=1.3, replies=[reply("residents", "Justement : avec plus d’habitants à l’année, ils ouvriraient.", 1)]),
    reason("against", "residents", "Les habitants achètent aussi leur pain ici, douze mois sur douze.", on=3, wave=1),
    reason("against", "owners", "Je ne comprends pas la question : une activité comme une autre, cela change quoi pour moi ?", on=14, wave=1),
    reason("for", "residents", "Par rue, chacun voit tout de suite si c’est trop. Personne n’a besoin d’un expert.", on=7),
    reason("against", "trade", "Une ruelle et une avenue ne se comparent pas. Mieux vaut compter par quartier.", on=7, wave=1, appeal=1.4, replies=[reply("residents", "Par quartier si vous voulez, mais avec un chiffre.")]),
    reason("for", "trade", "Sans cuisinier, pas de terrasse. Et sans chambre, pas de cuisinier.", on=10, appeal=1.7),
    reason("against", "residents", "Des familles d’ici attendent un logement depuis trois ans. Pourquoi passer après ?", on=10, wave=1),
    reason("for", "owners", "J’ai déclaré, j’ai payé. D’autres non. Contrôler, c’est être juste avec ceux qui suivent la règle.", on=11, appeal=1.8),
    reason("against", "owners", "Un contrôle par an suffit. Au-delà, on fait fuir les petits loueurs.", on=11, wave=2, appeal=0.6),
    reason("for", "residents", "Ceux qui profitent de la ville quelques jours aident ceux qui y vivent toute l’année.", on=15, appeal=1.4),
    reason("against", "trade", "La taxe de séjour paie déjà les navettes et le nettoyage des plages.", on=15, wave=1, appeal=0.8),
    reason("for", "residents", "Un meublé qui redevient une location à l’année, c’est une famille de plus. Vingt, c’est une rue.", on=16, wave=1),
    reason("against", "owners", "Les loyers montent aussi dans des villes où il n’y a aucun meublé.", on=16, appeal=1.2),
    reason("for", "owners", "Deux maisons de ma rue ont déjà été vendues à des gens qui ne viennent qu’en août.", on=17, wave=2),
    reason("for", "residents", "À trois heures du matin, la police a autre chose à faire. Un numéro suffit.", on=20, appeal=1.6),
    reason("against", "owners", "Jour et nuit, c’est un métier. Pour un seul studio, c’est trop demander.", on=20, wave=1, replies=[reply("trade", "Une conciergerie de quartier pourrait le faire pour plusieurs loueurs.", 1.2)]),
    reason("against", "trade", "Le dernier train arrive à 22 h 17.", on=19, wave=1, appeal=1.5),
    reason("for", "owners", "J’ai une chambre libre. Il me manque un bail simple.", on=24, wave=2),
    reason("for", "residents", "Au marché, on n’entend parler que de cela. Il est temps de trancher.", on=22, wave=3, outcome=WAITING),
    reason("against", "residents", SOLD, wave=1, outcome=ACCUSES),
]  # fmt: skip

# In wave 4 nobody has answered yet.
APPEALS = [
    {"text": PARKING, "wave": 1, "overturn": True, "words": "Je parle bien des meublés : dix voitures de plus par rue, c’est à eux de les loger.", "answer": "Vous avez raison : votre phrase porte sur les règles des meublés. Elle est publiée."},
    {"text": SOLD, "wave": 4, "words": "Je n’accuse personne en particulier. Je demande que la mairie publie ses rendez-vous avec les promoteurs."},
]  # fmt: skip
REPORTS = [
    {"text": SHUTTERS, "wave": 2, "by": 0, "article": 4, "words": "C’est de la publicité pour les commerçants.", "kept": "Ce texte parle des commerces de la ville et ne vend rien. Il reste affiché."},
    {"text": SHUTTERS, "wave": 4, "by": 1, "article": 1, "words": "Trois sur dix, d’où vient ce chiffre ?"},
]  # fmt: skip

LODGINGS: dict[str, Any] = {
    "stage": "open",
    "title": "Meublés de tourisme à Port-Sablier",
    "summary": "La ville prépare son règlement des meublés de tourisme. Dites avec quoi vous êtes d’accord, et proposez vos propres phrases.",
    "decision": "Adopter le règlement municipal des meublés de tourisme.",
    "can_change": "Les quotas par secteur, le nombre de nuits, la compensation, les contrôles.",
    "fixed": "La loi encadre ce que la ville peut faire. Les locations déjà déclarées gardent leurs droits jusqu’à leur échéance.",
    "decided_by": "Le conseil municipal de Port-Sablier",
    "elsewhere": "Les phrases du débat sont aussi à l’accueil de la mairie et à la médiathèque. Un agent vote avec vous, à votre place au clavier.",
    "intro": "<p>La ville compte 1 140 meublés déclarés pour 6 300 logements. Les avis sont partagés : c’est pourquoi nous ouvrons ce débat. Nous répondrons aux points d’accord et aux points de désaccord.</p>",
    "debate": {
        "title": "Meublés de tourisme : quelles règles pour bien vivre ensemble ?",
        "introduction": "Une phrase à la fois : vous êtes d’accord, pas d’accord, ou vous passez. Arrêtez-vous quand vous voulez.",
        "results": "Ce qui nous rapproche, ce qui nous divise",
        "statements": SEEDS,
        "proposed": PROPOSED,
        "arguments": ARGUMENTS,
        "appeals": APPEALS,
        "reports": REPORTS,
    },
    "faq": [
        (
            "Que devient mon vote ?",
            "<p>Il compte une fois, et vous pouvez le changer jusqu’à la fin du débat. Personne ne sait qui a voté quoi.</p>",
        ),
        (
            "Puis-je ajouter une phrase ?",
            "<p>Oui : 140 caractères au plus, une seule idée, sans nommer personne. Nous la lisons, puis elle est mise au vote.</p>",
        ),
        (
            "Est-ce un référendum ?",
            "<p>Non. Le débat montre ce qui rassemble et ce qui divise. Le conseil municipal décide, et explique sa décision.</p>",
        ),
    ],
}
