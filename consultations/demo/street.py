"""A consultation for one street: each household got a letter with a code. Every place is fictional."""

# ruff: noqa: E501 - texts as they are shown

from typing import Any

from .telling import multiple, single

STREET: dict[str, Any] = {
    "stage": "open",
    "trust": "letter",
    "letters": 20,
    "answered": 13,
    "title": "Rue Ronsard : sens unique ou non ?",
    "summary": "Les vingt foyers de la rue ont reçu une lettre avec un code. Chacun répond une fois.",
    "decision": "Choisir le sens de circulation de la rue Ronsard, pour un essai de six mois.",
    "can_change": "Le sens, la place des vélos, quatre places de stationnement.",
    "fixed": "Le car scolaire passe par la rue : son arrêt et sa largeur de passage sont gardés.",
    "decided_by": "Le conseil municipal de Castelmauve",
    "elsewhere": "Pas de lettre, ou lettre perdue ? L’accueil de la mairie vous en remet une. Un agent peut répondre avec vous.",
    "intro": "<p>La question concerne d’abord ceux qui y vivent : c’est pourquoi il faut le code de la lettre. Personne ne sait qui a répondu quoi.</p>",
    "survey": {
        "title": "Votre rue, demain",
        "introduction": "Trois questions, une minute. Gardez votre lettre : son code permet de revenir.",
        "questions": [
            single(
                "La rue Ronsard :",
                ["à double sens, comme aujourd’hui", "à sens unique vers la gare", "à sens unique vers le centre"],
                weights=[34, 44, 22],
            ),
            multiple(
                "Ce qui compte pour vous",
                ["la vitesse des voitures", "se garer près de chez soi", "les enfants à vélo", "le bruit"],
                2,
                weights=[60, 48, 40, 22],
            ),
            single("Un essai de six mois vous paraît :", ["trop court", "bien", "trop long"], weights=[14, 70, 16]),
        ],
    },
}
