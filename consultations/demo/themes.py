"""What becomes of the demo's consultations: themes, the answers officials sign, what they commit to. All fictional."""

# ruff: noqa: E501 - texts as they are shown

from typing import Any, NamedTuple


class Told(NamedTuple):
    """A theme as the demo tells it: texts that hold one of `words`, and the questions so numbered, are about it.

    `commitments`: what, who, days from today, budget, and its news as (days from today, status, text).
    """

    title: str
    told: str
    status: str
    reason: str
    words: tuple[str, ...] = ()
    questions: tuple[int, ...] = ()
    commitments: tuple[tuple[str, str, int, int | None, tuple[tuple[int, str, str], ...]], ...] = ()


SIGNERS = {
    "Quelle place du Marché demain ?": ("Hélène Morvan", "adjointe à l’urbanisme de Rochebrune-sur-Vère"),
    "Votre commune dans vingt ans": ("Bernard Lestrade", "vice-président à l’aménagement, Pays d’Ormeval"),
    "150 000 € pour nos quartiers": ("Samira Ould", "adjointe à la démocratie locale de Castelmauve"),
    "Les horaires de l’école, parlons-en": ("Marie-Josée Payet", "adjointe aux écoles de Grand-Ravin"),
    "Plan vélo : où et comment ?": ("Julien Carpentier", "vice-président aux mobilités de l’agglomération"),
    "Meublés de tourisme à Port-Sablier": ("Anne Kerbrat", "maire de Port-Sablier"),
    "Rue Ronsard : sens unique ou non ?": ("Samira Ould", "adjointe à la démocratie locale de Castelmauve"),
}

SQUARE = (
    Told(
        "De l’ombre",
        "L’été, la place est trop chaude. Vous demandez des arbres, surtout là où l’on attend et où l’on s’assoit.",
        "retained",
        "Quatorze arbres au lieu de six, arrosés par la citerne de la halle.",
        ("tilleul", "platane"),
        (6, 5),
        (("Planter quatorze arbres sur la place", "service des espaces verts", 150, 46_000, ()),),
    ),
    Told(
        "Le stationnement",
        "Des places sont utiles aux commerces et à ceux qui marchent peu. D’autres gênent le trottoir et les étals.",
        "partly",
        "Trente-quatre places, dont quatre réservées aux personnes handicapées et six « dix minutes ». Quarante places n’étaient pas possibles : le passage des secours et les arbres n’y tiennent pas.",
        ("places", "gare", "garé"),
        (2,),
        (("Marquer six places « dix minutes » devant les commerces", "service de la voirie", 90, 4_200, ()),),
    ),
    Told(
        "La rue des Tanneurs",
        "Vos avis se partagent entre le sens unique et une fermeture les jours de marché.",
        "studied",
        "Nous faisons un essai le jeudi, de septembre à novembre. Nous publions le bilan en décembre.",
        ("Tanneurs",),
        (7,),
    ),
    Told(
        "La fontaine",
        "Plusieurs d’entre vous gardent le souvenir de l’eau sur la place.",
        "not_retained",
        "Son entretien coûterait 9 000 € par an, pendant toute la durée de vie de la place.",
        ("fontaine",),
    ),
    Told(
        "Marcher et s’asseoir",
        "Les pavés gênent les poussettes et les fauteuils. Il manque des bancs pour faire une pause.",
        "retained",
        "Une bande lisse d’un mètre quarante traverse la place. Huit bancs ont un dossier et des accoudoirs.",
        ("banc", "pavé", "poussette"),
        (4,),
    ),
)
BIKES = (
    Told(
        "La liaison gare – lycée",
        "C’est le trajet qui vous fait le plus peur. Vous voulez être séparés des voitures.",
        "retained",
        "La piste est séparée de la chaussée sur les 2,3 km. Les travaux commencent par le rond-point du lycée, le plus dangereux.",
        ("Gare", "lycée", "Écoles"),
        (0, 1),
        (
            (
                "Ouvrir la piste gare – lycée, séparée de la chaussée",
                "direction des mobilités",
                200,
                1_150_000,
                ((-15, "under_way", "Le marché de travaux est signé. Le chantier commence après les vacances."),),
            ),
            (
                "Poser quarante arceaux devant le lycée",
                "direction des mobilités",
                -8,
                9_000,
                ((-18, "under_way", "Les arceaux sont commandés."),),
            ),
        ),
    ),
    Told(
        "L’axe du canal",
        "Le chemin est agréable, mais étroit et sombre entre les écluses.",
        "partly",
        "L’axe ouvre d’abord jusqu’à l’écluse. La suite attend l’accord de Voies d’eau, propriétaire du chemin.",
        ("canal", "quai", "écluse"),
        (),
        (
            (
                "Éclairer le chemin du canal jusqu’à l’écluse",
                "direction des mobilités",
                -12,
                60_000,
                (
                    (
                        -14,
                        "done",
                        "Les vingt-deux mâts sont en service depuis le 3. Ils s’éteignent de minuit à cinq heures.",
                    ),
                ),
            ),
        ),
    ),
    Told(
        "Le tunnel sous la voie ferrée",
        "Vous demandez un passage plus large et plus clair.",
        "not_retained",
        "Élargir le tunnel coûterait 3,4 millions d’euros : plus que tout le plan vélo. Nous l’éclairons mieux.",
        ("tunnel",),
        (),
        (
            (
                "Un ascenseur à vélos au-dessus des voies",
                "direction des mobilités",
                300,
                None,
                ((-10, "given_up", "L’étude montre une pente trop forte pour un usage quotidien. Nous y renonçons."),),
            ),
        ),
    ),
    Told(
        "La route de Saint-Aubin",
        "Elle est rapide et sans trottoir.",
        "elsewhere",
        "Cette route appartient au département. Nous lui avons transmis vos réponses et nous publierons la sienne.",
        ("Saint-Aubin", "Calvaire"),
    ),
)
PLUI = (
    Told(
        "Rouvrir les maisons vides",
        "Avant de bâtir, vous demandez d’aider à rouvrir ce qui est fermé.",
        "retained",
        "Une aide de 8 000 € par maison rouverte est créée, et un agent suit chaque dossier.",
        ("maison", "louer"),
        (0,),
    ),
    Told(
        "Les champs et les haies",
        "Les éleveurs tiennent à leurs prés, et beaucoup d’entre vous aux haies.",
        "partly",
        "Aucun champ de plus de cinq hectares n’est ouvert à la construction. Les haies privées restent à la charge de leurs propriétaires.",
        ("pré", "humide"),
        (0,),
    ),
    Told(
        "Les cars du soir",
        "Sans voiture, on ne rentre plus après dix-huit heures.",
        "elsewhere",
        "Les horaires des cars dépendent de la région. Nous lui avons transmis votre demande.",
        ("cars",),
    ),
)
BUDGET = (
    Told(
        "De l’ombre aux arrêts de bus",
        "L’attente est longue et sans abri.",
        "retained",
        "Douze arrêts reçoivent un arbre et un banc la première année.",
        ("arrêt",),
        (0,),
    ),
    Told(
        "Le passage de la voie ferrée",
        "Le passage est sombre.",
        "studied",
        "L’éclairage est étudié avec le propriétaire des voies. La réponse est attendue à l’automne.",
        ("gare",),
        (0,),
    ),
)
LODGINGS = (
    Told(
        "Contrôler les annonces",
        "Sur ce point vous êtes presque tous d’accord.",
        "retained",
        "Deux agents contrôlent les annonces toute l’année, et chaque meublé affiche le numéro d’un responsable.",
        ("annonce", "contrôl", "numéro"),
    ),
    Told(
        "Loger les saisonniers",
        "Ils travaillent ici et ne trouvent pas de chambre.",
        "retained",
        "La taxe de séjour paie une maison des saisonniers de quarante chambres.",
        ("saison", "taxe"),
        (),
        (("Ouvrir la maison des saisonniers", "service de l’habitat", 320, 900_000, ()),),
    ),
    Told(
        "Limiter le nombre de meublés",
        "C’est ce qui vous divise le plus.",
        "partly",
        "Nous essayons un quota dans le vieux port seulement, pour deux ans, avec un bilan public.",
        ("quota", "vieux port", "Limiter", "nuit"),
    ),
)
SCHOOL = (
    Told(
        "L’heure du matin",
        "Beaucoup d’enfants se lèvent avant cinq heures et demie.",
        "retained",
        "L’école commence à 8 h 15 dans les trois écoles, et le car passe vingt minutes plus tard.",
        ("réveil",),
        (2, 4),
    ),
    Told(
        "La chaleur de l’après-midi",
        "C’est le vrai sujet pour plusieurs familles.",
        "partly",
        "Six classes reçoivent des brasseurs d’air cette année. Les autres attendent le budget suivant.",
        ("chaleur",),
        (6,),
    ),
)
STREET = (
    Told(
        "Le sens de la rue",
        "Le sens unique vers la gare vient en tête, sans majorité.",
        "studied",
        "Nous essayons le sens unique vers la gare pendant six mois, puis nous vous demandons de nouveau.",
        (),
        (0, 2),
    ),
    Told(
        "La vitesse des voitures",
        "C’est ce qui compte le plus pour vous.",
        "retained",
        "La rue passe à 30 km/h avec deux plateaux devant l’arrêt du car.",
        (),
        (1,),
    ),
)
THEMES: dict[str, tuple[Told, ...]] = {
    "Quelle place du Marché demain ?": SQUARE,
    "Votre commune dans vingt ans": PLUI,
    "150 000 € pour nos quartiers": BUDGET,
    "Les horaires de l’école, parlons-en": SCHOOL,
    "Plan vélo : où et comment ?": BIKES,
    "Meublés de tourisme à Port-Sablier": LODGINGS,
    "Rue Ronsard : sens unique ou non ?": STREET,
}
ACT: dict[str, Any] = {"act_number": "2026-11-04", "act_url": "https://agglo.example/deliberations/2026-11-04"}
