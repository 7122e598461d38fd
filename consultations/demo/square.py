"""What people write about the Place du Marché, and what the moderators make of it. Every person is fictional."""

# ruff: noqa: E501 - texts as they are shown

from .outcomes import WAITING, Outcome, refused
from .people import SERVICE

CAR = "M. Perrin du n° 12 se gare sur le trottoir tous les soirs, appelez-moi au 06 00 00 00 00."
INSULT = "Bande d’incapables, vous n’avez jamais travaillé."
FIBRE = "À quand la fibre à la Grangette ?"
WAITS = [
    "Ma fille a appris à faire du vélo devant l’église, un dimanche sans voitures.",
    "Gardez les platanes. Mon grand-père a planté le troisième.",
    "Appelez Mme Aubert au 06 00 00 00 01, elle connaît l’histoire du lavoir.",
]
WORDS = [
    "L’été on traverse la place à midi comme on traverse une poêle. Deux tilleuls changeraient tout.",
    "Supprimer des places, c’est la mort de la boucherie. Ma mère de 82 ans ne fera pas 300 mètres avec ses courses.",
    "Mettez le marché sur la place ET dans la rue des Tanneurs, les camions du fond ne peuvent pas sortir avant 14 h.",
    "Un banc avec un dossier, à mi-chemin entre la pharmacie et la mairie.",
    "La fontaine marchait quand j’étais petit. On y remplissait les arrosoirs.",
    "Avec une poussette, les pavés devant la halle sont une épreuve.",
    "J’ai peur que les travaux durent et que le marché ne revienne pas.",
    CAR,
    INSULT,
    FIBRE,
    *WAITS,
]
OUTCOMES = {
    CAR: Outcome(
        "redact",
        "Nous avons masqué un nom, une adresse et un numéro : ils ne se publient pas. Votre remarque reste lisible.",
        redacted="[…] se gare sur le trottoir tous les soirs, appelez-moi au […].",
    ),
    INSULT: refused(2, "Cette phrase insulte. Dites ce qui ne va pas sur la place : nous le publierons."),
    FIBRE: Outcome(
        "forward",
        "La fibre n’est pas le sujet de cette consultation. Nous avons transmis votre question au service qui la suit.",
        service=SERVICE,
    ),
    **dict.fromkeys(WAITS, WAITING),
}
MACHINE = "NON au projet ! Gardez TOUTES les places, signez la pétition sur www.places.example !"
