/// How the report looks: light and dark by the reader's choice, from phones to wide screens.
enum ReportStyle {
    static let css = """
        :root{--paper:#fbfbfc;--card:#fff;--ink:#16191d;--faint:#646b75;--rule:#e2e5e9;--grid:#e9ebee;
        --s0:#2563eb;--s1:#d9480f;--s2:#087f5b;--s3:#7048e8;--s4:#c2255c;--s5:#0b7285;--right:#2563eb;--wrong:#d9480f}
        @media(prefers-color-scheme:dark){:root{--paper:#111418;--card:#191d23;--ink:#e8eaed;--faint:#9aa3ae;
        --rule:#2b313a;--grid:#272d35;--s0:#6ea8fe;--s1:#ff9b6a;--s2:#4fd1a5;--s3:#b197fc;--s4:#f783ac;--s5:#66d9e8;
        --right:#3b7ddd;--wrong:#d9622b}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:1120px;margin:0 auto;padding:28px 20px 48px}
        h1{font-size:1.75rem;line-height:1.2;margin:0;overflow-wrap:anywhere}
        h2{font-size:1.15rem;margin:40px 0 12px}
        h3{font-size:.95rem;margin:0}
        header p{margin:6px 0 0;color:var(--faint)}
        .badge{display:inline-block;margin-left:6px;padding:1px 9px;border:1px solid var(--rule);border-radius:99px;
        font-size:.8rem;color:var(--ink)}
        .badge.running{border-color:var(--s0);color:var(--s0)}
        .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px;margin:22px 0 0}
        .figures div{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:10px 14px}
        dt{color:var(--faint);font-size:.8rem}
        dd{margin:0;font-size:1.3rem;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        .charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:14px}
        .chart{margin:0;padding:14px 16px 10px;background:var(--card);border:1px solid var(--rule);border-radius:10px;
        min-width:0}
        .chart:only-child{grid-column:1/-1}
        figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 14px;margin-bottom:12px}
        .legend{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:.82rem;color:var(--faint)}
        .legend i{display:inline-block;width:16px;height:3px;border-radius:2px;margin-right:6px;vertical-align:middle}
        .plot{display:flex;height:230px;padding-bottom:24px;font-size:.75rem;color:var(--faint);
        font-variant-numeric:tabular-nums}
        .ylabels{position:relative;width:52px;flex:none}
        .ylabels span{position:absolute;right:9px;transform:translateY(-50%);white-space:nowrap}
        .area{position:relative;flex:1;min-width:0;touch-action:pan-y}
        .xlabels span{position:absolute;top:calc(100% + 7px);transform:translateX(-50%);white-space:nowrap}
        .xlabels .start{transform:none}
        .xlabels .end{transform:translateX(-100%)}
        svg{display:block;width:100%;height:100%;overflow:visible}
        path{fill:none;vector-effect:non-scaling-stroke}
        .grid{stroke:var(--grid);stroke-width:1}
        .line{stroke-width:1.8;stroke-linejoin:round}
        .dots{stroke-width:5.5;stroke-linecap:round}
        path.s0{stroke:var(--s0)}path.s1{stroke:var(--s1)}path.s2{stroke:var(--s2)}
        path.s3{stroke:var(--s3)}path.s4{stroke:var(--s4)}path.s5{stroke:var(--s5)}
        i.s0{background:var(--s0)}i.s1{background:var(--s1)}i.s2{background:var(--s2)}
        i.s3{background:var(--s3)}i.s4{background:var(--s4)}i.s5{background:var(--s5)}
        .cursor{position:absolute;top:0;bottom:0;width:0;border-left:1px solid var(--faint);pointer-events:none}
        .spot{position:absolute;width:9px;height:9px;margin:-4.5px;border-radius:50%;border:2px solid var(--card);
        pointer-events:none}
        .tip{position:absolute;top:4px;padding:5px 9px;background:var(--card);border:1px solid var(--rule);
        border-radius:7px;color:var(--ink);white-space:nowrap;pointer-events:none;box-shadow:0 2px 10px #0003;z-index:1}
        .tip b{display:block;font-weight:600}
        .tip i{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:6px}
        .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:10px}
        table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
        th,td{padding:6px 14px;text-align:left;border-top:1px solid var(--rule);font-weight:400}
        thead th,thead td,tbody:first-child tr:first-child>*{border-top:0}
        thead th{color:var(--faint);font-size:.8rem}
        .pairs tbody th{width:34%;color:var(--faint)}
        .pairs td{overflow-wrap:anywhere}
        .faint{color:var(--faint)}
        .phases td,.confusion td{text-align:right;white-space:nowrap}
        .phases thead th:not(:first-child),.confusion thead th{text-align:right}
        .confusion thead tr:first-child th{text-align:center}
        .phases .bar{width:34%;min-width:80px}
        .bar i{display:block;height:9px;border-radius:5px;background:var(--s0);min-width:2px}
        .scroll:has(.confusion){width:fit-content;max-width:100%}
        .confusion thead th[scope=row]{text-align:left!important}
        .confusion tbody th{white-space:nowrap}
        .confusion .right,.confusion .wrong{text-align:center;min-width:54px;border-left:1px solid var(--rule)}
        .confusion .right{background:color-mix(in srgb,var(--right) calc(var(--level)*.55),transparent)}
        .confusion .wrong{background:color-mix(in srgb,var(--wrong) calc(var(--level)*.75),transparent)}
        .confusion thead tr:last-child th:not(:first-child){text-align:center}
        .confusion .last td{color:var(--faint);text-align:center}
        details{margin-top:10px}
        summary{cursor:pointer;color:var(--faint);margin-bottom:8px}
        .note{color:var(--faint);font-size:.85rem;margin:8px 2px 0}
        footer{margin-top:44px;color:var(--faint);font-size:.8rem}
        @media(max-width:760px){main{padding:20px 14px 36px}.charts{grid-template-columns:minmax(0,1fr)}
        .figures{grid-template-columns:repeat(2,minmax(0,1fr))}h1{font-size:1.4rem}h2{margin-top:30px}
        .chart{padding:12px 12px 8px}.plot{height:200px}th,td{padding:6px 10px}.phases .bar{display:none}
        .phases thead td{display:none}.pairs tbody th{width:38%;overflow-wrap:anywhere}
        .changed thead{display:none}.changed tr{display:grid;grid-template-columns:1fr auto;border-top:1px solid var(--rule)}
        .changed tr:first-child{border-top:0}.changed th,.changed td{border:0}
        .changed tbody th{grid-column:1/-1;width:auto;padding-bottom:0}.changed td{padding-top:0}
        .changed .faint::before{content:"default "}}
        @media print{body{background:#fff}.chart,.scroll{break-inside:avoid}}
        """
}
