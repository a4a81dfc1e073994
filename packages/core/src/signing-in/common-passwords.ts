/**
 * Words that people choose as passwords, or begin or end them with (OWASP ASVS 5, 6.2.4: common passwords are refused).
 * A password is refused when nothing but digits and marks is left beside such a word: see password.ts. Written by hand,
 * in lower case, letters only. Words shorter than four letters are left out, except "thx".
 */
const words = `
  aaron abcd abcde abcdef abcdefg abcdefgh abgrtyu access account acer admin administrator adobe alexander alexis
  alpha amanda amber america anal andrea andrew andrey angel angela angels animal anthony apollo apple apples april
  arsenal asdf asdfasdf asdfg asdfgh asdfghjk asdfghjkl asdfjkl ashley asshole august austin babygirl bailey banana
  barcelona baseball basketball batman beach bear beautiful benjamin bigdog birthday biteme blink blue boomer boston
  brandon braves bronco browns bubba buster butterfly calvin cameron captain casper changeme changeit charles charlie
  cheese chelsea chester chicago chicken chocolate christian cisco claire coffee compaq computer consumer cookie
  cooper corvette cowboy cowboys crystal dakota dallas daniel danielle david default demo dennis diablo diamond
  doctor dolphin dolphins donald dragon eagle eagles edward einstein elephant eminem enter estrella explorer falcon
  family fender ferrari fire fish fishing flower flowers football forever frank freedom friend friends gandalf gators
  george giants ginger godzilla golf golfer google gordon green guest guitar hallo hammer hannah happy hardcore
  harley heather hello hellokitty hockey hola hottie house hunter iceman iloveu iloveyou internet jackie jackson jaguar
  jasmine jasper jennifer jeremy jessica jesus johnny jordan joseph joshua junior justin killer kitty knight ladies
  lakers lauren legend letmein liverpool london login love lovely lover loveyou lucky maggie magic manager marina
  mario marlboro marshall martin master matrix matthew maverick maxwell melissa member mercedes merlin metallica
  michael michelle mickey midnight miller minecraft mobile money monica monkey monster morgan mother mountain murphy
  mustang naruto nascar natasha nathan newyork nicholas nicole ninja nintendo nothing november october oliver orange
  packers pakistan panther parker pass passcode passphrase passwd passwort password patrick peanut pepper phoenix
  player please pokemon porsche power princess private public purple qazwsx qazwsxedc qwer qwerasdf qwert qwertz
  qwertzuiop qwerty qwertyui qwertyuiop rabbit rachel racing raiders rainbow ranger rangers rebecca redskins redsox
  richard robert rocket root rosebud runner samantha sammy samsung samuel sandra saturn sayso scooby scooter scorpio
  secret security sebastian september sergey server service shadow shannon shopping sierra silver simple skippy
  slayer slipknot smokey snoopy soccer sophie spider spiderman spring staff star starwars steelers stella steven
  summer sunshine super superman superuser support swordfish system taylor teacher temp temporary tennis teresa test
  tester testing testtest thomas thunder thx tiger tigers tigger tomcat topgun toyota trinity trouble trustme trustno
  turtle user vagina valentina vanessa victor victoria viking voodoo warrior welcome whatever william willow winner
  winter wizard xbox xavier yamaha yankee yankees yellow zaqwsx zxcasd zxcasdqwe zxcv zxcvb zxcvbn zxcvbnm zzzz
`;

export const commonWords: ReadonlySet<string> = new Set(words.trim().split(/\s+/));
