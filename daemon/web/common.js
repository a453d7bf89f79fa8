const $=id=>document.getElementById(id)
const make=(tag,props={},...inside)=>{const e=Object.assign(document.createElement(tag),props);e.append(...inside);return e}
const colours=['#777','#d22','#2a2','#cc0','#36f','#c3c','#0aa','#eee']
// What is said stays; a hint goes by itself, and never stands before a warning.
const note={text:'',warn:false,brief:'',timer:0,draw(){const n=$('note'),t=this.warn?this.text:this.brief||this.text;if(n.textContent!==t)n.textContent=t;n.classList.toggle('warn',this.warn)}}
const say=(text,warn=false)=>{note.text=text;note.warn=warn;note.draw()}
const hint=text=>{note.brief=text;note.draw();clearTimeout(note.timer);note.timer=setTimeout(()=>hint(''),4000)}
const clamp=(v,a,b)=>Math.min(b,Math.max(a,v))
const store={get:k=>{try{return JSON.parse(localStorage.getItem(k))}catch{return null}},set:(k,v)=>{try{localStorage.setItem(k,JSON.stringify(v))}catch{}}}
let locked=false
const free=()=>{if(locked)hint('Locked: hold Lock for a second');return!locked}

// One socket. It is let go of without waiting whenever the page comes back or nothing was heard for a second.
const link={socket:null,live:false,heard:0,pause:250,timer:0,pin:'',moves:new Map(),sent:0,due:0,
 start(path,on){this.path=path;this.on=on;let last=Date.now()
  setInterval(()=>{const now=performance.now();if(Date.now()-last>2100)this.open();last=Date.now()
   if(!document.hidden&&this.live&&now-this.heard>1000){this.lost();this.open()}
   for(const f of Fader.all)f.beat(now)},100)
  document.addEventListener('visibilitychange',()=>this.open());addEventListener('pageshow',e=>{if(e.persisted)this.open()});addEventListener('online',()=>this.open())
  this.open()},
 lost(){hint('');say('Connection lost. Your mix goes on as it is',true);meters.clear()},
 send(...words){if(this.live&&this.socket.readyState===1)this.socket.send(JSON.stringify(words))},
 // Sixty moves a second, of each fader the newest, and none onto what a slow network has yet to take.
 move(path,value){this.moves.set(path,value);this.due=this.due||setTimeout(()=>this.flush(),Math.max(0,17-(performance.now()-this.sent)))},
 flush(){this.due=0;const[next]=this.moves;if(next&&this.socket.bufferedAmount<256){this.moves.delete(next[0]);this.sent=performance.now();this.send(...next)}if(this.moves.size)this.due=setTimeout(()=>this.flush(),17)},
 open(){clearTimeout(this.timer);clearTimeout(this.due);this.due=0;this.moves.clear();this.live=false;document.body.classList.add('stale')
  if(this.socket){this.socket.onmessage=this.socket.onclose=null;this.socket.close()}
  for(const f of Fader.all)f.drop()
  if(document.hidden)return
  const s=this.socket=new WebSocket(`ws${location.protocol==='https:'?'s':''}://${location.host}/socket/${this.path}`);s.binaryType='arraybuffer'
  s.onmessage=({data})=>{this.heard=performance.now()
   if(typeof data!=='string'){meters.take(new Uint8Array(data));return}
   const news=JSON.parse(data);if('pin' in news){clearTimeout(this.timer);this.ask(news);return}
   if('build' in news){if(news.build!=='/*build*/'&&Date.now()-(store.get('reload')||0)>60000){store.set('reload',Date.now());location.reload();return}
    if($('pin').open)$('pin').close();this.live=true;this.pause=250;document.body.classList.remove('stale');say('')}
   if(news.refused)hint(news.refused);if(news.ticket)this.keep(news.ticket,7*86400);this.on(news)}
  s.onclose=e=>{if(e.reason)say(e.reason,true);this.again()};this.timer=setTimeout(()=>{if(!this.live)this.again()},2000)},
 again(){this.live=false;clearTimeout(this.timer);if($('pin').open)return;this.timer=setTimeout(()=>this.open(),this.pause+Math.random()*this.pause/2);this.pause=Math.min(2000,this.pause*2)},
 // The ticket goes with the request for the socket: the desk answers at once, and no phone keeps a PIN.
 keep(ticket,seconds){document.cookie=`ticket=${ticket};path=/socket/${this.path};max-age=${seconds};samesite=strict`},
 ask({pin,name}){const box=$('pin')
  if(pin)this.pin=''
  else if(this.pin){this.socket.send(JSON.stringify(['pin',this.pin]));return}
  box.querySelector('h2').textContent=name;box.querySelector('p').textContent=pin||'Type the PIN';const field=box.querySelector('input');field.value=''
  box.querySelector('form').onsubmit=e=>{e.preventDefault();const v=this.pin=field.value
   if(this.socket.readyState===1)this.socket.send(JSON.stringify(['pin',v]));else{box.close();this.open()}}
  if(!box.open)box.showModal();field.focus();say('')}}
document.body.append(make('dialog',{id:'pin',oncancel:e=>e.preventDefault()},make('form',{},make('h2'),make('p',{role:'alert'}),make('input',{type:'password',inputMode:'numeric',autocomplete:'off',required:true,ariaLabel:'PIN'}),make('button',{textContent:'Open'}))))

// A fader moves by as much as the finger, never to the finger; while it is held, others' values wait beside it.
// An echo of an older move on a slow way does not take back the newer one; what the desk says counts a second later.
// Browsers give touches beside a control to it: who scrolls by the name above would move the fader.
const within=(el,e)=>{const b=el.getBoundingClientRect();return e.clientX>=b.left&&e.clientX<=b.right&&e.clientY>=b.top&&e.clientY<=b.bottom}
class Fader{static all=[]
 constructor(label,path,across=false){this.path=path;this.across=across;this.value=0;this.held=null;this.aside=null;this.wait=0;this.told=[0,'']
  this.cap=make('div',{className:'cap'});this.ghost=make('div',{className:'ghost',hidden:true});const f=this.el=make('div',{className:across?'fader across':'fader',tabIndex:0,role:'slider',ariaOrientation:across?'horizontal':'vertical',ariaValueMin:0,ariaValueMax:1},this.cap,this.ghost);f.dataset.path=path;this.name(label)
  f.onpointerdown=e=>{if(this.held||!link.live||!within(f,e)||!free())return;f.setPointerCapture(e.pointerId);this.held={id:e.pointerId,x:e.clientX,y:e.clientY,moving:false}}
  f.onpointermove=e=>{const h=this.held;if(!h||h.id!==e.pointerId)return;const at=across?e.clientX:e.clientY
   if(!h.moving){if(Math.hypot(e.clientX-h.x,e.clientY-h.y)<6)return;h.moving=true;h.at=at;return}
   const fine=!across&&Math.abs(e.clientX-h.x)>60?4:1;this.go(this.value+(across?at-h.at:h.at-at)/fine/Math.max(this.travel(),across?0:270));h.at=at}
  const end=e=>{const h=this.held;if(h?.id!==e.pointerId)return;this.held=null;this.ghost.hidden=true
   if(!h.moving&&e.type==='pointerup'&&Fader.zero&&!across&&performance.now()-this.tapped<300)this.go(.75);this.tapped=h.moving?0:performance.now()
   if(this.aside&&!this.wait)this.show(this.aside);this.aside=null}
  f.onpointerup=end;f.onpointercancel=end
  f.onkeydown=e=>{const s={ArrowUp:.0125,ArrowRight:.0125,ArrowDown:-.0125,ArrowLeft:-.0125,PageUp:.075,PageDown:-.075}[e.key];if(!s||!link.live||!free())return;e.preventDefault();this.go(this.value+s)}
  Fader.all.push(this)}
 name(label){this.el.ariaLabel=label}
 by(who){clearTimeout(this.gone);this.whose??=this.el.appendChild(make('small',{className:'by',ariaHidden:'true'}));this.whose.textContent=who;this.whose.hidden=false;this.gone=setTimeout(()=>this.whose.hidden=true,2000)}
 travel(){return Math.max(1,this.across?this.el.clientWidth-32:this.el.clientHeight-48)}
 go(v){this.value=clamp(v,0,1);this.place();this.wait=this.wait||performance.now();link.move(this.path,this.value)}
 place(){this.el.style.setProperty('--v',this.value);this.el.ariaValueNow=this.value.toFixed(4)}
 show([v,t]){this.value=v;this.place();this.el.ariaValueText=t}
 take(told){const old=this.wait&&Math.abs(told[0]-this.value)>.007;this.told=told;this.wait=old?performance.now():0;this.el.classList.remove('wait');if(this.text)this.text.textContent=told[1];this.el.ariaValueText=told[1]
  if(this.held){this.aside=told;this.el.style.setProperty('--g',told[0]);this.ghost.hidden=Math.abs(told[0]-this.value)<.02;return}
  if(!old&&!link.moves.has(this.path))this.show(told)}
 beat(now){if(!this.wait)return;this.el.classList.toggle('wait',now-this.wait>300);if(now-this.wait>1000&&!this.held){this.wait=0;this.el.classList.remove('wait');this.show(this.told)}}
 drop(){this.held=null;this.aside=null;this.ghost.hidden=true;this.wait=0;this.el.classList.remove('wait')}}

// All meters of a row on one canvas; they fall at the display's pace.  Where they stand is asked once, and what has not
// changed is not drawn again: most strips are silent.
const meters={feeds:{},shown:new Float32Array(256),bars:[],of:null,key:'',places:[],drawn:[],
 take(d){this.feeds[d[0]]=d.subarray(4)},clear(){this.feeds={}},
 level(feed,i){return this.feeds[feed]?.[i]||0},
 colour:v=>v>=239?'#e02020':v>=216?'#c90':'#2a9d4a',
 look:(n,v)=>v,
 place(c,row){const own=c.getBoundingClientRect(),clip=row?.getBoundingClientRect();this.drawn=[]
  this.places=this.bars.map(([el])=>{const b=el.getBoundingClientRect(),out=clip&&row.contains(el)&&(b.left<clip.left-8||b.left+14>clip.right)
   return out||!b.height?null:{x:b.left-own.left,y:b.top-own.top,w:b.width,h:b.height}})},
 paint(g,b,v,r){const top=clamp((v/2-60)/60,0,1)*b.h;g.clearRect((b.x+4)*r-1,b.y*r-1,10*r+2,b.h*r+2);g.fillStyle=this.colour(v);g.fillRect((b.x+4)*r,(b.y+b.h-top)*r,10*r,top*r)},
 draw(){const c=$('meters'),row=$('row'),r=devicePixelRatio,w=c.clientWidth*r|0,h=c.clientHeight*r|0,g=c.getContext('2d'),key=`${w},${h},${row?.scrollLeft}`
  if(key!==this.key||this.bars!==this.of){this.key=key;this.of=this.bars;if(c.width!==w||c.height!==h){c.width=w;c.height=h}else g.clearRect(0,0,w,h);this.place(c,row)}
  this.bars.forEach(([,feed,i,side],n)=>{const v=this.shown[n]=Math.max(this.level(feed,i),this.shown[n]-1.2),b=this.places[n],look=this.look(n,v);if(!b||look===this.drawn[n])return;this.drawn[n]=look;this.paint(g,b,v,r,n,side)})},
 run(){const step=()=>{this.draw();requestAnimationFrame(step)};step()}}

// What many would miss wants a hold of a second, and keys a press of Enter.
const hold=(b,act)=>{let t;b.onpointerdown=()=>t=setTimeout(act,1000);b.onpointerup=b.onpointercancel=b.onpointerleave=()=>clearTimeout(t);b.onkeydown=e=>{if(e.key==='Enter'&&!e.repeat)act()};b.onclick=e=>e.preventDefault()}
const awake=()=>{if(navigator.wakeLock)navigator.wakeLock.request('screen').catch(()=>{})}
addEventListener('pointerdown',awake,{once:true})
