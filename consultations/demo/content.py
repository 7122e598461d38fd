"""What the demo says. Every place and person is fictional."""

from typing import Any

from . import places, square, town
from .lodgings import LODGINGS
from .outcomes import refused
from .street import STREET
from .telling import basket, grid, multiple, points, ranking, single, text, why

FREQUENCY = [
    "presque tous les jours",
    "une ou plusieurs fois par semaine",
    "une ou plusieurs fois par mois",
    "plus rarement",
    "jamais",
]
PAPER = "Questionnaire papier à l’accueil de la mairie, à la médiathèque et sur le marché le jeudi matin."


AGE: dict[str, Any] = {
    "type": "demographic",
    "wording": "Votre âge",
    "about": "age",
    "options": [],
    "weights": [3, 14, 24, 27, 20, 8, 4],
    "help": "Facultatif. Pour savoir qui nous n’avons pas entendu.",
}

SQUARE: dict[str, Any] = {
    "stage": "open",
    "title": "Quelle place du Marché demain ?",
    "summary": "La place va être refaite. Dites comment vous y vivez et ce que vous voulez garder. Aucun compte, aucun nom.",
    "decision": "Choisir le programme des travaux de la place du Marché (640 000 € HT au plus).",
    "can_change": "Le nombre de places de stationnement (entre 22 et 48), les arbres, les bancs, le sens de la rue des Tanneurs, la place du marché du jeudi.",
    "fixed": "La halle est conservée : elle est protégée. L’accès des secours et des livraisons est obligatoire. Les travaux dépendent d’une subvention.",
    "decided_by": "Le conseil municipal de Rochebrune-sur-Vère",
    "elsewhere": PAPER,
    "intro": "<h2>Pourquoi maintenant ?</h2><p>Les réseaux sous la place doivent être changés. C’est l’occasion de la refaire avec vous.</p>",
    "quote": (
        "L’été on traverse la place à midi comme on traverse une poêle. Deux tilleuls changeraient tout.",
        "Une habitante, sur le marché",
    ),
    "faq": [
        (
            "Qui peut répondre ?",
            "<p>Toute personne qui habite, travaille ou vient à Rochebrune. Sans condition d’âge ni de nationalité.</p>",
        ),
        ("Est-ce un vote ?", "<p>Non. C’est un avis. Le conseil municipal décide, et explique sa décision.</p>"),
    ],
    "outcomes": square.OUTCOMES,
    "machine": square.MACHINE,
    "map": places.MARKET,
    "survey": {
        "title": "Votre place du Marché",
        "introduction": "Dix questions. Vous pouvez laisser une question sans réponse.",
        "thanks": "La mairie répond thème par thème sur la page de la consultation.",
        "questions": [
            single("Venez-vous place du Marché…", FREQUENCY, weights=[34, 38, 15, 9, 4]),
            multiple(
                "Le plus souvent, vous y venez pour…",
                [
                    "le marché",
                    "les commerces",
                    "traverser",
                    "l’école ou la crèche",
                    "m’asseoir, rencontrer du monde",
                    "un rendez-vous (santé, mairie)",
                ],
                3,
                other=True,
                weights=[71, 54, 30, 18, 33, 12, 5],
            ),
            single(
                "Comment venez-vous le plus souvent ?",
                [
                    "à pied",
                    "à vélo",
                    "en voiture, je me gare sur la place",
                    "en voiture, je me gare ailleurs",
                    "en car",
                    "avec un fauteuil, une poussette ou une aide à la marche",
                ],
                weights=[38, 11, 24, 14, 4, 9],
            ),
            single(
                "Où vous sentez-vous bien ?",
                [
                    "sous la halle",
                    "devant l’église",
                    "à la fontaine",
                    "terrasse du café",
                    "allée des platanes",
                    "devant la mairie",
                    "rue des Tanneurs",
                    "parvis de l’école",
                    "nulle part",
                ],
                weights=[24, 8, 10, 18, 17, 7, 5, 6, 5],
            ),
            multiple(
                "Qu’est-ce qui vous bloque aujourd’hui ?",
                [
                    "pavés",
                    "trottoir trop étroit",
                    "bordure trop haute",
                    "voitures mal garées",
                    "pas de banc pour faire une pause",
                ],
                other=True,
                weights=[36, 29, 18, 41, 33, 6],
            ),
            grid(
                "Êtes-vous d’accord ou non ?",
                [
                    "Il faut garder au moins 40 places de stationnement.",
                    "Je suis prêt à marcher trois minutes de plus si la place est plus agréable.",
                    "La place doit pouvoir accueillir un marché deux fois plus grand.",
                    "Il manque de l’ombre l’été.",
                ],
                [0.42, 0.64, 0.35, 0.88],
            ),
            ranking(
                "Classez ces aménagements, du plus important au moins important",
                [
                    "des arbres",
                    "des bancs",
                    "une fontaine ou un point d’eau",
                    "des jeux pour enfants",
                    "un éclairage plus doux",
                    "des arceaux à vélo",
                ],
            ),
            single(
                "La rue des Tanneurs :",
                [
                    "la laisser comme aujourd’hui",
                    "la mettre à sens unique",
                    "la fermer aux voitures le jeudi et le samedi",
                    "la fermer aux voitures tous les jours",
                    "sans avis",
                ],
                weights=[26, 21, 30, 14, 9],
            ),
            text(
                "Une idée, une crainte, un souvenir de la place ?",
                square.WORDS,
                shown=True,
            ),
            AGE,
        ],
    },
}

SOLD_OUT = "Les élus touchent de l’argent des lotisseurs, tout le monde le sait."

PLUI: dict[str, Any] = {
    "stage": "late",
    "title": "Votre commune dans vingt ans",
    "summary": "Le Pays d’Ormeval prépare son plan local d’urbanisme. Donnez votre avis sur les orientations.",
    "decision": "Arrêter le projet de plan local d’urbanisme intercommunal.",
    "can_change": "Les orientations, les secteurs à projet, les règles de hauteur et de haies.",
    "fixed": "La loi limite la consommation de terres agricoles. Les zones inondables ne sont pas constructibles.",
    "decided_by": "Le conseil communautaire, après avis des 23 communes, puis enquête publique",
    "elsewhere": "Un registre papier est ouvert dans chacune des 23 mairies.",
    "intro": "<p>Sept réunions ont eu lieu. Ce questionnaire reprend les six orientations qui y ont été discutées.</p>",
    "outcomes": {SOLD_OUT: refused(5, "Cette phrase accuse sans preuve. Dites ce que le plan devrait changer.")},
    "survey": {
        "title": "Six orientations pour le Pays d’Ormeval",
        "introduction": "Un avis par ligne. « Sans avis » est une réponse.",
        "questions": [
            grid(
                "Êtes-vous d’accord ou non ?",
                [
                    "Les logements nouveaux devraient d’abord se faire dans les maisons et granges vides.",
                    "Chaque commune, même la plus petite, doit pouvoir accueillir quelques familles.",
                    "On peut construire un peu plus haut dans les bourgs si cela garde des champs autour.",
                    "Une haie arrachée doit être replantée, même chez un particulier.",
                    "Les panneaux solaires ont leur place sur les toits, pas dans les prés.",
                    "Les zones d’activité existantes suffisent si on les remplit.",
                ],
                [0.9, 0.78, 0.46, 0.6, 0.74, 0.55],
            ),
            single(
                "Vous répondez comme…",
                ["habitant", "agriculteur", "commerçant, artisan ou entreprise", "association", "élu"],
                weights=[72, 9, 8, 7, 4],
            ),
            points(
                "Dix points à répartir : où l’intercommunalité doit-elle d’abord agir ?",
                [
                    "le logement",
                    "les commerces et services",
                    "les déplacements",
                    "l’eau et les risques",
                    "l’agriculture et les paysages",
                ],
                5,
            ),
            text(
                "Votre avis, en quelques phrases",
                [
                    "À Lignerolles il reste trois maisons fermées pour une à vendre. Avant de bâtir au Clos Neuf, aidez à les rouvrir.",
                    "Je suis éleveur : si le bourg avance encore, je perds l’accès au pré du Moulin et 12 ha d’un seul tenant.",
                    "Nos enfants ne trouvent rien à louer, ils partent à quarante kilomètres.",
                    "Nous demandons que la zone humide des Sagnes soit nommée et protégée.",
                    "Les cars ne passent plus après dix-huit heures : sans voiture, on ne vit pas ici.",
                    SOLD_OUT,
                ],
                shown=True,
            ),
            {
                "type": "date",
                "wording": "Depuis quand vivez-vous dans le Pays d’Ormeval ?",
                "words": ["1974", "1988", "1996", "2003", "2009", "2015", "2019", "2023"],
            },
            AGE,
        ],
    },
}

BUDGET: dict[str, Any] = {
    "stage": "preparing",
    "title": "150 000 € pour nos quartiers",
    "summary": "Castelmauve ouvre un budget participatif. Dites d’abord quels projets vous aideraient au quotidien.",
    "decision": "Choisir les thèmes du budget participatif (150 000 €, de 2 000 à 40 000 € par projet).",
    "can_change": "Les thèmes, les lieux, l’ordre des projets.",
    "fixed": "Un projet doit être de l’intérêt de tous, de la compétence de la ville et réalisable en deux ans : c’est la règle des finances publiques.",
    "decided_by": "Le conseil municipal de Castelmauve",
    "elsewhere": "Questionnaire papier dans six lieux : mairie, médiathèque, centres sociaux, gymnase, marché.",
    "intro": "<p>Ouvert à toute personne d’au moins 11 ans qui habite, étudie ou travaille à Castelmauve. Sans condition de nationalité.</p>",
    "survey": {
        "title": "Quels projets pour votre quartier ?",
        "introduction": "Huit questions, quelques minutes.",
        "questions": [
            basket(
                "Quels projets financer ? Cinq au plus, dans l’enveloppe.",
                [
                    ("Un four à pain partagé derrière la salle Bizet", 9_500),
                    ("Ombre et assises à l’arrêt Lycée", 14_000),
                    ("Boîte à outils à vélo, place des Acacias", 3_200),
                    ("Jardin sans tabac et jeux accessibles au parc Ronsard", 38_000),
                    ("Éclairer le passage de la voie ferrée", 21_000),
                    ("Un kiosque à paroles pour les collégiens", 5_000),
                ],
                60_000,
                5,
            ),
            {
                "type": "number",
                "wording": "Combien de projets faut-il retenir ?",
                "minimum": 1,
                "maximum": 30,
                "unit": "projets",
                "mean": 9,
            },
            {
                "type": "scale",
                "wording": "Avez-vous confiance dans ce budget participatif ?",
                "low": "aucune",
                "high": "toute confiance",
                "mean": 6,
            },
            {
                "type": "short_text",
                "wording": "Dans quel quartier ou hameau ?",
                "words": ["centre", "les Acacias", "gare", "Ronsard"],
            },
            {"type": "photo", "wording": "Un lieu à transformer ? Montrez-le."},
            {"type": "file", "wording": "Avez-vous déjà un plan ou un devis ?"},
            {
                "type": "email",
                "wording": "Voulez-vous être invité à la présentation des projets ?",
                "purpose": "la présentation des projets en mairie, rien d’autre",
            },
            AGE,
        ],
    },
}

SCHOOL: dict[str, Any] = {
    "stage": "closed",
    "small": True,
    "pace": "step",
    "title": "Les horaires de l’école, parlons-en",
    "summary": "Dix questions, quatre minutes : dites quels horaires conviennent aux enfants et à vous.",
    "decision": "Fixer les horaires des écoles de Grand-Ravin pour la prochaine rentrée.",
    "can_change": "L’heure du matin, la pause de midi, le mercredi.",
    "fixed": "Vingt-quatre heures de classe par semaine : c’est la règle nationale.",
    "decided_by": "Le conseil municipal de Grand-Ravin, avec l’inspection académique",
    "elsewhere": "Un questionnaire papier est dans le carnet de chaque enfant. Permanence devant l’école le vendredi.",
    "intro": "<p>Parents, enseignants, agents, habitants : tout le monde peut répondre.</p>",
    "survey": {
        "title": "Les horaires de l’école",
        "introduction": "",
        "questions": [
            single(
                "Vous répondez comme…",
                ["parent", "enseignant", "agent", "élève (avec un adulte)", "habitant"],
                weights=[60, 12, 8, 10, 10],
                required=True,
            ),
            multiple("École(s) concernée(s)", ["École du Bourg", "École des Filaos", "École de la Ravine"]),
            single(
                "À quelle heure votre enfant se réveille-t-il un jour d’école ?",
                ["avant 5 h", "entre 5 h et 5 h 30", "entre 5 h 30 et 6 h", "après 6 h"],
                weights=[12, 38, 34, 16],
            ),
            single(
                "Comment vient-il à l’école ?", ["à pied", "en car", "en voiture"], other=True, weights=[30, 34, 33, 3]
            ),
            single(
                "L’heure qui vous irait pour commencer :",
                ["7 h 45", "8 h", "8 h 15", "8 h 30", "sans avis"],
                weights=[16, 34, 24, 18, 8],
            ),
            {"type": "time", "wording": "À quelle heure votre enfant se couche-t-il ?", "around": 20},
            why(
                "Faut-il garder l’école le mercredi matin ?",
                0.55,
                [
                    "Le milieu de semaine repose les enfants.",
                    "Le car passe de toute façon.",
                    "On travaille tous les deux.",
                ],
            ),
            single("La pause de midi est :", ["trop courte", "bien", "trop longue"], weights=[22, 56, 22]),
            multiple(
                "Ce qui compte pour vous",
                ["sommeil", "chaleur", "transport", "garde", "activités", "repas"],
                3,
                weights=[60, 55, 38, 40, 22, 18],
            ),
            text("Un mot à l’équipe ?", ["La chaleur de l’après-midi est le vrai sujet.", "Merci de demander."], 300),
        ],
    },
}

BIKES: dict[str, Any] = {
    "stage": "answered",
    "title": "Plan vélo : où et comment ?",
    "map": places.BICYCLE,
    "summary": "L’agglomération prépare trois axes cyclables. Dites ce qui vous retient de prendre le vélo.",
    "decision": "Choisir les trois axes cyclables des deux prochaines années.",
    "can_change": "Le tracé, l’ordre des travaux, le type de séparation.",
    "fixed": "Le budget est de 2,1 millions d’euros : il est voté.",
    "decided_by": "Le conseil d’agglomération",
    "elsewhere": "Questionnaire papier dans les gares et les médiathèques.",
    "intro": "<p>Trois axes sont possibles dès la première année. Dites-nous où commencer.</p>",
    "survey": {
        "title": "Vous et le vélo",
        "introduction": "",
        "questions": [
            multiple(
                "Sur ce trajet, qu’est-ce qui vous empêche de prendre le vélo ?",
                ["la peur des voitures", "la distance", "le relief", "le vol", "la météo", "rien"],
                3,
                weights=[62, 21, 17, 38, 20, 14],
            ),
            {
                "type": "location",
                "wording": "D’où part votre trajet le plus fréquent ?",
                "help": "Nous gardons le quartier, jamais l’adresse ni le point.",
                "territory": town.CODE,
                "draw": "point",
                "home": True,
                "why": False,
            },
            single(
                "Si une piste séparée existait, combien de fois par semaine ?",
                ["jamais", "une ou deux fois", "trois ou quatre fois", "tous les jours"],
                weights=[20, 32, 28, 20],
            ),
            {
                "type": "rating",
                "wording": "Que pensez-vous des pistes cyclables d’aujourd’hui ?",
                "look": "faces",
                "mean": 2.6,
            },
            {
                "type": "nps",
                "wording": "Recommanderiez-vous le vélo à un voisin pour aller travailler ?",
                "low": "certainement pas",
                "high": "certainement",
                "mean": 6.5,
            },
            {
                "type": "scale",
                "wording": "Je laisserais mon enfant de 10 ans y aller à vélo",
                "low": "pas du tout",
                "high": "tout à fait",
                "mean": 4,
            },
            {
                "type": "number",
                "wording": "Quelle distance pour aller travailler ou étudier ?",
                "minimum": 0,
                "maximum": 80,
                "decimals": 1,
                "unit": "km",
                "mean": 7,
            },
            {
                "type": "short_text",
                "wording": "Un tronçon qui vous fait peur : rue, de… à…",
                "words": [
                    "pont du canal",
                    "avenue de la Gare",
                    "rond-point du lycée",
                    "route de Saint-Aubin, du stade à la déchèterie",
                    "rue des Écoles à 8 h",
                    "le tunnel sous la voie ferrée",
                    "quai Nord, entre les deux écluses",
                    "montée du Calvaire",
                ],
                "shown": True,
            },
        ],
    },
}

CONSULTATIONS = [SQUARE, PLUI, BUDGET, LODGINGS, SCHOOL, BIKES, STREET]
