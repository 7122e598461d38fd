"""Words by which the name of a private person is told from a function, a street or a brand (pure)."""

from .words import listed

FIRST = listed(
    """
    abdel abdelkader abdallah adam adele adeline adrien agathe agnes ahmed aicha aissatou alain albert alexandra
    alexandre alexis alfred ali alice aline alix alphonse amadou amandine amelie amina aminata anais andre andree
    ange angele angelique anita anna anne annick annie anthony antoine antoinette antonio apolline armand armelle
    arnaud arthur assia astrid aude audrey aurelie aurelien aurore awa axel aziz baptiste barbara bastien beatrice
    benedicte benjamin benoit bernadette bernard bertrand bilal boris brahim brice brigitte bruno camille carine
    carla carole caroline catherine cecile cedric celestin celine chantal charlene charles charlotte chloe
    christelle christian christiane christine christophe cindy claude claudette claudine clement coline colette
    corentin corinne cyril damien daniel daniele danielle david deborah delphine denis denise diane didier
    dominique dorian dorothee dylan edith edmond edouard elena eliane elie eliott elisa elisabeth elise ella
    elodie eloise elsa emile emilie emma emmanuel emmanuelle enzo eric erwan estelle esteban esther ethan etienne
    eugene eugenie eva evelyne fabien fabienne fabrice fanny farid fatiha fatima fatou fatoumata felix fernand
    fernande flavie flora florence florent florian francine francis franck francois francoise frederic frederique
    gabriel gabrielle gael gaelle gaetan gaspard gaston genevieve geoffrey georges georgette gerald geraldine
    gerard germaine ghislaine gilbert gilberte gilles ginette gisele gregory guillaume gustave guy gwenaelle habib
    hakim hamid hamza hanane hassan helene henri henriette herve hugo hugues huguette ibrahim ines irene isabelle
    ismael ivan jacqueline jacques jamal janine jasmine jean jeanine jeanne jeannine jennifer jeremie jeremy
    jerome jessica joan joao joel joelle johanna jonathan jordan jose joseph josephine josette josiane jules julia
    julie julien juliette justine kamel karim karine katia kevin khadija khaled killian laetitia laila lamine
    laura laure laurence laurent lea leila lena leo leon leonie lionel lisa loic lola louis louise louisette lucas
    lucette lucie lucien lucienne ludovic lydia lydie mael maelle magali malika mamadou manon manuel marcel
    marcelle margaux marguerite maria marie marianne marina marine mariam mario marion marius marthe martial
    martin martine maryse mathieu mathilde mathis matthieu maurice max maxence maxime megane mehdi melanie melissa
    mia michael michel michele micheline mickael mireille mohamed mohammed monique morgane moussa mustapha myriam
    nabil nadege nadia nadine natacha nathalie nathan nicolas nicole nina noa noah noel noelle noemie nora norbert
    octave odette odile olivia olivier omar oceane ophelie oscar ousmane pascal pascale patrice patricia patrick
    paul paule paulette pauline perrine philippe pierre pierrette quentin rachel rachid raphael raymond raymonde
    regine regis remi remy renaud rene renee richard robert roger roland romain romane roselyne rosalie sabine
    sabrina said salim salome samia samir samuel sandra sandrine sara sarah sebastien serge severine simon simone
    sofia solange sonia sophie stephane stephanie suzanne sylvain sylvette sylvie tatiana teddy theo theodore
    therese thibault thierry thomas timothee tom tony valentin valentine valerie vanessa veronique victor vincent
    violette virginie viviane walid wilfried william xavier yann yannick yasmina yasmine youssef yves yvette yvon
    yvonne zineb zoe
    """
)

# What may follow "Monsieur" or "Madame" without naming anybody.
NOT_NAMES = listed(
    """
    maire mairesse president presidente prefet prefete sous-prefet sous-prefete ministre premier adjoint adjointe
    conseiller conseillere depute deputee senateur senatrice elu elue elus elues directeur directrice commissaire
    enqueteur procureur juge recteur rectrice cure abbe pasteur imam professeur docteur architecte secretaire
    inspecteur inspectrice commandant capitaine lieutenant adjudant notaire garde gardien gardienne bricolage
    meuble propre tout tout-le-monde toulemonde loyal jourdain sans-gene vice-president vice-presidente bonjour
    bonsoir merci objet je nous vous il elle on
    """
)

# Names given to schools, halls and squares so often that they stand for the place.
EPONYMS = listed(
    """
    albert+camus aime+cesaire alexandre+dumas alphonse+daudet anne+frank antoine+saint-exupery arthur+rimbaud
    charles+baudelaire charles+gaulle claude+monet denis+diderot edith+piaf emile+zola francois+mitterrand
    francois+rabelais francoise+dolto frederic+mistral gabriel+peri georges+brassens georges+pompidou
    gustave+eiffel gustave+flaubert guy+moquet henri+matisse jacques+brel jacques+prevert jean+jaures jean+mace
    jean+mermoz jean+monnet jean+moulin jean+rostand jean+zay jeanne+arc joseph+kessel josephine+baker jules+ferry
    jules+michelet jules+verne leon+blum leon+gambetta lucie+aubrac louis+aragon louis+braille louis+pasteur
    louise+michel marcel+cerdan marcel+pagnol marie+curie martin+luther maurice+ravel nelson+mandela olympe+gouges
    pablo+picasso paul+bert paul+cezanne paul+eluard paul+langevin pierre+curie pierre+semard pierre+coubertin
    pierre+ronsard robert+desnos robert+doisneau robert+schuman roger+salengro romain+rolland rosa+parks
    simone+veil simone+beauvoir victor+hugo victor+schoelcher yuri+gagarin
    """
)

# "Le père Noël", "la mère Michel": nobody's father or mother.
NOT_KIN = listed("noel fouettard teresa michel lachaise ubu duchesne peinard poule dieu superieure nature tour courage")
