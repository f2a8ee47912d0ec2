/// The script of the report: values under the pointer. Without it the page shows everything but those.
enum ReportScript {
    static let javaScript = """
        document.querySelectorAll('.area').forEach(area=>{
        const curves=JSON.parse(area.querySelector('script').textContent);
        const add=name=>{const e=document.createElement('div');e.className=name;e.hidden=true;area.append(e);return e};
        const cursor=add('cursor'),tip=add('tip');
        const spots=curves.map((_,i)=>{const e=document.createElement('i');e.className='spot s'+i%6;e.hidden=true;
        area.append(e);return e});
        const hide=()=>[cursor,tip,...spots].forEach(e=>e.hidden=true);
        const nearest=(points,x)=>{let low=0,high=points.length-1;
        while(low<high){const m=low+high>>1;points[m][0]<x?low=m+1:high=m}
        return low>0&&x-points[low-1][0]<points[low][0]-x?points[low-1]:points[low]};
        const show=event=>{const box=area.getBoundingClientRect();
        const x=(event.clientX-box.left)/box.width;
        const found=curves.map(c=>c.points.length?nearest(c.points,x):null);
        const near=found.filter(p=>p).sort((a,b)=>Math.abs(a[0]-x)-Math.abs(b[0]-x))[0];
        if(!near)return;
        tip.replaceChildren();const head=document.createElement('b');
        head.textContent='step '+near[2].toLocaleString('en');tip.append(head);
        found.forEach((p,i)=>{const here=p&&p[2]===near[2];spots[i].hidden=!here;if(!here)return;
        spots[i].style.left=p[0]*100+'%';spots[i].style.top=p[1]*100+'%';
        const line=document.createElement('div'),mark=document.createElement('i');mark.className='s'+i%6;
        line.append(mark,(curves.length>1?curves[i].name+' ':'')+p[3]);tip.append(line)});
        cursor.hidden=tip.hidden=false;cursor.style.left=near[0]*100+'%';
        const right=near[0]>.5;tip.style.left=right?'':'calc('+near[0]*100+'% + 10px)';
        tip.style.right=right?'calc('+(1-near[0])*100+'% + 10px)':''};
        area.addEventListener('pointermove',show);area.addEventListener('pointerdown',show);
        area.addEventListener('pointerleave',hide)});
        """
}
