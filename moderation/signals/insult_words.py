"""The lists behind the insult signal. Case and accents do not matter.

`stem,e,s,es` stands for stem, steme, stems, stemes; `stem-,e,ees` for steme, stemees without the stem alone.
"""

# On sight, whoever says it of whom (unless quoted). Vulgar or wounding.
STRONG = """
connard,e,s,es conard,e,s,es connasse,s conasse,s connaud,s salaud,s salopard,e,s,es salope,s
encul-,e,ee,es,ees,er,ez enkul-,e,ee,es,ees,er enfoir-,e,ee,es,ees enflure,s pute,s petasse,s pouffiasse,s
poufiasse,s pouffe,s grognasse,s trouduc,s trouducul,s couillemolle tetedenoeud branleur,s branleuse,s fdp ntm
nstm tgl sousmerde,s raclure,s ducon duconnard tafiole,s isalop,s salop,s makrel,s langet koukoune
motherfucker,s asshole,s bitch,es bastard,s puta cabron,es salopiaud,s lechecul,s
jeanfoutre peignecul,s suceur,s suceuse,s enculeur,s sacamerde tapineuse,s
"""

# On sight: contempt without vulgarity.
MILD = """
abruti,e,s,es imbecile,s cretin,e,s,es guignol,s bouffon,ne,s,nes tocard,e,s,es feignasse,s bonarien bonsarien
plouc,s pouilleux pouilleuse,s cassos cassoc,s crevard,e,s,es charlot,s andouille,s pourriture,s degenere,e,s,es
merdeux merdeuse,s tartuffe,s branquignol,s minus putain,s ignare,s escroc,s ripoux trouillard,e,s,es
pequenaud,e,s,es kouyon,s couyon,s gauchiasse,s islamogauchiste,s ecolobobo,s baltringue,s gougnafier,s neuneu,s
clampin,s macronard,s droitard,s gaucho,s merdia,s debilos toquard,s
"""

# Only where they are aimed at somebody: "espèce de…", "vous êtes des…", "sale…".
AIMED_STRONG = """
con,s conne,s merde,s ordure,s dechet,s batard,e,s,es truie,s porc,s chien,s chienne,s cochon,s vermine chacal,s
cafard,s rat,s morue,s crevure,s couille,s bite,s nazi,e,s,es collabo,s facho,s fasciste,s tare,e,s,es debile,s
attarde,e,s,es mongol,e,s,es mongolien,ne,s,nes gogol,s triso,s autiste,s trisomique,s pervers pourri,e,s,es
goret,s fumier,s garce,s catin,s chaudasse,s crapule,s assassin,s criminel,s criminelle,s crasseux trainee,s
"""
AIMED_MILD = """
incapable,s idiot,e,s,es bouseux clown,s ane,s bourrique,s faineant,e,s,es voleur,s voleuse,s menteur,s
menteuse,s nul,s nulle,s minable,s ringard,e,s,es parasite,s rigolo,s rigolote,s couillon,s couillonne,s lache,s
hypocrite,s bobo,s assiste,e,s,es ignorant,e,s,es profiteur,s profiteuse,s magouilleur,s magouilleuse,s mafieux
mafia corrompu,e,s,es vendu,s traitre,s bourik,s makro,s macaque,s pantin,s larbin,s mouton,s dinosaure,s
hysterique,s snob,s glandeur,s glandeuse,s cloporte,s zozo,s naze,s blaireau,x boulet,s corniaud,s cornichon,s
couard,s fumiste,s gland,s goujat,s malotru,s mollusque,s mytho,s nigaud,s nunuche,s patate,s pleutre,s
poltron,s rapace,s requin,s sangsue,s truand,s vautour,s vaurien,s voyou,s zigoto,s dictateur,s despote,s
gangster,s bandit,s brigand,s lard planque,s inutile,s
"""

# Hatred of a group, on sight.
HATE = """
bougnoule,s bougnoul,s bicot,s crouille,s youpin,e,s,es youtre,s negro,s negresse,s bamboula,s chinetoque,s
chinetok,s niakoue,e,s,es niak,s romano,s manouchard,s pede,s pd,s tarlouze,s tantouze,s tantouse,s gouine,s
gouinasse,s travelo,s muzz muzzs bico,s boukak,s sousrace,s nigger,s faggot,s espingouin,s boche,s polack,s
kaffir,s meteque,s negrillon,s basane,s enfoulardee,s enturbanne,s fiotte,s goudou,s tapiole,s tarlouse,s
mongolo,s rastaquouere,s gnoule,s babtou,s
"""

# Words that are hatred only where they are aimed ("sale…", "bande de…").
AIMED_HATE = """
negre,s bride,s feuj,s melon,s raton,s pedale,s tapette,s lopette,s juif,s juive,s arabe,s musulman,e,s,es
gitan,e,s,es rom,s manouche,s tzigane,s romanichel,s racaille,s chinois,e,s,es africain,e,s,es comorien,ne,s,nes
haitien,ne,s,nes malgache,s zoreil,s zoreille,s metro,s mahorais,e,s,es kanak,s caldoche,s migrant,s
clandestin,e,s,es etranger,s etrangere,s blanc,s turc,s turque,s polonais,e,s,es portugais,e,s,es homo,s
lesbienne,s trans handicape,e,s,es anglais,e,s,es parigot,s
"""

# Groups of people: neutral words, hatred only together with what is in AGAINST.
GROUPS = """
juif,s juive,s arabe,s musulman,e,s,es noirs noires africain,e,s,es gitan,e,s,es rom,s manouche,s tzigane,s
romanichel,s migrant,e,s,es clandestin,e,s,es refugie,e,s,es etrangers etrangere,s immigre,e,s,es
maghrebin,e,s,es algerien,ne,s,nes marocain,e,s,es tunisien,ne,s,nes turcs comorien,ne,s,nes haitien,ne,s,nes
malgache,s chinois mahorais kanak,s homos homosexuel,le,s,les lesbienne,s trans handicape,e,s,es zoreils
zoreilles metros blancs asiatique,s roumain,s bulgare,s
"""
AGAINST = """
dehors vermine,s parasite,s cafard,s voleur,s racaille,s envahi,e,s,es envahisseur,s envahissent invasion
expulsez virez rasez gazer gazez pendez crevez sousrace,s singe,s sauvage,s nuisible,s pourriture,s cancer peste
degage,nt,z gogol,s debile,s mongol,s charter,s pourri,s pourrissent salissent squattent volent agressent
"""

# Two words and more, as they are once folded, with what they are worth; a/b: one or the other.
PHRASES = {
    "strong": """
        fils de pute | fille de pute | fils de chien | nique ta mere | niquez vos meres | nique ta race
        ta gueule | vos gueules | te faire foutre | te faire enculer | vous faire foutre
        vous faire enculer | va te faire mettre | je vous emmerde | je t emmerde | on vous emmerde
        trou du cul | trous du cul | trou de balle | tete de con | tete de noeud | couille molle
        couilles molles | sous merde | sous merdes | gros porc | grosse truie | langet manman | langet maman w
        kaka chien | koukoun manman | tet kalé | fils de chienne | enfant de putain | casse toi pauvre
        retourne a ta cuisine | retourne dans ta cuisine | allez crever | qu il creve | qu ils crevent
    """,
    "mild": """
        de merde | bon a rien | bons a rien | bonne a rien | bonnes a rien
        vous faire voir ailleurs | allez vous faire voir
        va te faire voir | allez au diable | tous pourris | tous des vendus | debile mental | debiles mentaux
        tete de mule | tetes de mules | bras casses | khmer vert | khmers verts | moins que rien
        bandes de nazes | bande de nazes | va te faire cuire un oeuf | creve la gueule ouverte | pauvre type
        pauvres types | triste sire | rendez nous l argent que vous avez vole
    """,
    "hate": """
        grand remplacement | retourne dans ton pays | retournez dans votre pays | retourne chez toi au bled
        rentre dans ton pays | rentrez dans votre pays | sale race | sales races | race inferieure
        races inferieures | mort aux juifs | mort aux arabes | sous race | sous races | sous hommes
        hitler avait raison | white power | n ont qu a rentrer chez eux | qu ils rentrent chez eux
        qu ils retournent chez eux | retournez au bled | retourne au bled
    """,
    "threat": """
        te/vous/lui/leur eclate/eclater/defonce/defoncer/casse/casser/pete/peter/explose/exploser la tete
        te/vous/lui/leur eclate/eclater/defonce/defoncer/casse/casser/pete/peter/explose/exploser la gueule
        te/vous/lui/leur eclate/eclater/defonce/defoncer/casse/casser/pete/peter/explose/exploser les dents
        vais/va/faut/faudrait te/vous/les/le/la/lui tuer/buter/crever/planter/flinguer/fumer/egorger/pendre/lyncher
        faites/fais gaffe a vous/toi | mal finir pour vous/toi/lui/eux | on vous/te retrouvera
        je vais te tuer | on va te tuer | je vais vous tuer | on va vous tuer | on va te crever
        je vais te crever | va crever | on va vous crever | vous buter | te buter | on va te buter
        bruler ta maison | bruler votre maison | bruler la mairie | une balle dans la tete
        une balle entre les yeux | pendez les | pendez le | faut les pendre | faut le pendre
        on sait ou tu habites | je sais ou tu habites | on sait ou vous habitez | je sais ou vous habitez
        tu vas mourir | vous allez mourir | vous allez le payer de votre vie | te casser la gueule
        vous casser la gueule | lui casser la gueule | casser les dents | te faire la peau | vous faire la peau
        lui faire la peau | on aura ta peau | on aura votre peau | merite de crever | meritez de crever
        merite la mort | meritez la mort | merite la corde | meritez la corde | guillotinez les
    """,
}  # fmt: skip

# Ordinary words that come with a word of the lists, and what is meant then.
INNOCENT = """
tete de negre | negres marrons | negre marron | raton laveur | ratons laveurs | diner des idiots
diner de cons | idiot du village | putain de la republique | nique la police | foire aux ordures
pauvres chiens | pauvre chien | pauvre bete | pauvres betes | sale bete | petits chiens | gros chien
gros chiens | petits cochons | gros rats | gros rat | charlot et | metro boulot dodo | fumier de cheval
fumier de vache | fumier de ferme | tas de fumier | epandage de fumier | du fumier | le fumier
au fumier
"""
