"""Little words of some languages, as they are typed: by them a language is known first."""

LITTLE = {
    "fr": """
        le la les l un une des du de d et est sont a au aux en dans sur pour par avec sans sous ce cet cette ces c s
        je j tu il elle on nous vous ils elles me m te t se ne n pas plus que qu qui quoi dont où ou mais donc car
        si y mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs tout tous toute toutes très trop bien
        aussi comme faut il faudrait être avoir ont ai as avez avons suis fait faire peut sera été était était
        serait devrait rien oui non merci chez entre après avant depuis quand même encore jamais toujours sa ça cela
        là ici moi lui eux vers contre quel quelle quels quelles autre autres deux trois ni lors alors ainsi svp ke
        pk pourquoi comment
    """,
    "en": """
        the a an of to and is are in on for with without at by from this that these those it its i you he she we
        they my your our their his her me us them be been was were have has had do does did not no yes would could
        should can will there here more less please thank thanks what when where who why how all any some very too
        so but or if about into
    """,
    "es": """
        el la los las un una unos unas de del al y e o que en es son por para con sin sobre se su sus mi mis tu nos
        nuestro nuestra no sí más menos muy pero como cuando donde este esta estos estas eso hay ha han ser estar
        está están tiene tenemos queremos me te le les lo yo nosotros ellos porque también todo todos ya hasta desde
    """,
    "pt": """
        o a os as um uma de do da dos das no na nos nas em e é são por para com sem que se seu sua meu minha nosso
        nossa não sim mais menos muito mas como quando onde este esta isso há ser estar está tem temos têm eu nós
        eles elas porque também todo todos já até ao à pelo pela aqui ter foi
    """,
    "de": """
        der die das den dem des ein eine einen einem einer und ist sind in im am an auf aus bei mit ohne von vom zu
        zum zur für nicht kein keine ich du er sie es wir ihr uns mich mir sich auch nur noch schon sehr mehr als
        wie wenn dass aber oder war wird werden haben hat bitte man hier über
    """,
    "it": """
        il lo la i gli le un uno una di del della dei delle dello al alla ai alle da dal dalla nel nella e è sono in
        su per con senza che non più meno molto ma come quando dove questo questa questi queste si ci mi ti suo sua
        nostro nostra ho ha abbiamo hanno essere vorremmo anche tutto tutti perché già
    """,
    "nl": """
        de het een en is zijn in op van voor met zonder naar bij uit aan om te niet geen ik jij hij zij wij we ze
        ons mijn onze meer minder ook nog maar als dat die dit deze er wat waar willen graag heel dan dus
    """,
    "pl": """
        i w na z do nie się jest są to że jak dla przy od po za o co ale lub czy my nam nas bardzo więcej mniej tu
        już przez pod bez ten ta te prosimy
    """,
    "tr": """
        ve bir bu için ile de da çok daha ne var yok değil biz ben sen o mi mı olarak gibi kadar ama veya istiyoruz
        lütfen her en olan fazla
    """,
    "ro": """
        și si în de la un o cu pe pentru nu este sunt din mai că ca să se au am avem noi ei care ce foarte dar sau
        fără spre aproape nevoie lui
    """,
    "creole": """
        bezwen nan gen yon kote katye pral jodi fok tèt oubyen m w
        mi ou li nou zot lé té i fo pou ek èk épi dann dan lo bann in ène na nana pa pi ka ké sé lè anlè adan mwen
        mwin moin an yo moun timoun marmay la-komine oun mo to sa ki kè pran fè fé bizwen koné lari lékol lékòl
        somin kaz isi mem mêm dlo domoun banna zordi tou lontan kisa kan kansa gran ti lajan larzan bay bagay lavil
    """,
    "br": """
        ar an al ur un ul hag ha a e er en da eus gant ouzh evit war dindan ne ket n'eus hon ho hor muioc'h eo zo
        vez int bezañ ma me te hi ni c'hwi int ezhomm eo mat skol kêr hon hol holl
    """,
    "co": """
        u a i e di da in nantu à è un una ci vole ùn hè sò per cù senza più ma ghjè chì chi nè arburi piazza paese
        nostru nostra bancu scola strada tuttu l'acqua
    """,
    "oc": """
        lo la los las un una de del dels dau e es son en per amb sens sus que se cal mai mens tot plan pas nòstre
        nòstra dins aquò aqueste aquesta çò lai fa avèm volèm escòla plaça carrièra vila
    """,
    "eu": """
        eta da dira ez bai du dugu dute nahi gehiago gutxiago bat hau hori hemen gure zure oso baina edo ere behar
        dago daude plazan herrian herriko kalean eskola
    """,
    "gsw": """
        mir ich du er sie mr de d s un uff em im mit vun fer nit nìt isch isch's meh ken kän wänn welle hän han bi
        zue zuem awer oder noch au wie
    """,
    "ca": """
        el la els les un una de del dels i és són en per amb sense que no més menys molt però com quan on aquest
        aquesta hi ha volem tenim nostre nostra també als al carrer plaça
    """,
}
