import Primitives

/// The one stylesheet of all pages.
///
/// Text and frames keep a contrast of at least 4.5 : 1 and 3 : 1 with what is behind them (WCAG 2.2
/// AA) in the light and in the dark. Colours are never the only sign of anything.
enum Stylesheet {
    static let bytes = Array((base + parts + graphics + lists + media).utf8)

    /// Its address, which changes with its content, so that a new page never meets an old style.
    static let path = "/style.css?v=" + Digest.sha256(bytes).hex.prefix(8)

    private static let base = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1a1d21;--soft:#555d66;--line:#8a929b;
        --faint:#e3e6ea;--panel:#f5f7f9;--link:#0b57a4;--good:#0f6b34;--spent:#5b4a8a;
        --wait:#8a5200;--bad:#a8201a;--limit:#b3261e;--c0:#2f6fb3;--c1:#b35c00;--c2:#2b7d4f;
        --c3:#8a4fa3;--c4:#9c3a4b;--c5:#4d6b7a}
        @media screen and (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e8eaed;
        --soft:#a9b1ba;--line:#737c86;--faint:#2b3036;--panel:#1d2125;--link:#8ab8f0;--good:#7fd39f;
        --spent:#c3b3f0;--wait:#f0bd72;--bad:#f5a29c;--limit:#f28b82;--c0:#6aa5e0;--c1:#e0954a;
        --c2:#62b887;--c3:#c08ad6;--c4:#d97d8b;--c5:#8aa9b8}}
        *{box-sizing:border-box}
        html{font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
        background:var(--bg);color:var(--fg);-webkit-text-size-adjust:100%}
        body{margin:0 auto;max-width:72rem;padding:0 1rem;overflow-wrap:anywhere}
        a{color:var(--link)}a>bdi{text-decoration:inherit}
        h1{font-size:1.6rem;line-height:1.25;margin:1.5rem 0 .5rem}
        h2{font-size:1.2rem;margin:2rem 0 .5rem}
        h3{font-size:1rem;margin:1rem 0 .25rem}
        code{font:.9em ui-monospace,Menlo,Consolas,monospace}
        :focus-visible{outline:3px solid var(--link);outline-offset:2px}
        main:focus{outline:none}
        .skip{position:absolute;left:-99rem;background:var(--bg);padding:.5rem 1rem}
        .skip:focus{left:1rem;top:.5rem;z-index:1}

        """

    private static let parts = """
        header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;
        padding:.75rem 0;border-bottom:1px solid var(--line)}
        .brand{margin:0;flex:1 0 auto}
        .brand a{font-weight:700;color:inherit;text-decoration:none}
        .brand span,footer,caption,dt,.note{color:var(--soft)}
        form{display:flex;gap:.5rem;align-items:center;flex:0 1 26rem;min-width:0}
        input{flex:1;min-width:0;width:100%}
        label{flex:none}
        input,button{font:inherit;color:inherit;background:var(--bg);
        border:1px solid var(--line);border-radius:.3rem;padding:.35rem .6rem;min-height:2.5rem}
        ::placeholder{color:var(--soft);opacity:1}
        button{background:var(--panel);cursor:pointer}
        nav{flex:1 0 100%}
        nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1rem;margin:0;padding:0;list-style:none}
        nav a{display:inline-block;padding:.3rem 0}
        .lead{font-size:1.15rem;max-width:46rem}
        .badge{font-size:.85rem;font-weight:600;border:1px solid;border-radius:1rem;
        padding:.1rem .7rem;white-space:nowrap;display:inline-block;vertical-align:.1em}
        .good{color:var(--good)}.spent{color:var(--spent)}
        .waiting{color:var(--wait)}.bad{color:var(--bad)}
        .facts{margin:1rem 0;border-top:1px solid var(--faint)}
        .facts div{display:grid;grid-template-columns:minmax(7rem,14rem) 1fr;gap:.2rem 1rem;
        padding:.4rem 0;border-bottom:1px solid var(--faint)}
        .facts dd{margin:0}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:.75rem;
        margin:1rem 0}
        .tiles div:first-child{grid-column:span 2}
        .tiles div{display:flex;flex-direction:column-reverse;justify-content:flex-end;
        background:var(--panel);
        border-radius:.4rem;padding:.6rem .8rem}
        .tiles dd{margin:0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums;
        overflow-wrap:normal}
        .scroll{overflow-x:auto;margin:.75rem 0;
        background:linear-gradient(90deg,var(--bg),var(--bg)) 0/1rem 100% no-repeat local,
        linear-gradient(90deg,var(--bg),var(--bg)) 100%/1rem 100% no-repeat local,
        linear-gradient(90deg,var(--line),transparent) 0/.5rem 100% no-repeat scroll,
        linear-gradient(270deg,var(--line),transparent) 100%/.5rem 100% no-repeat scroll}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;
        overflow-wrap:normal}
        caption{text-align:start;padding:.25rem 0;max-width:calc(100vw - 2rem)}
        th,td{text-align:start;padding:.4rem 1rem .4rem 0;border-bottom:1px solid var(--faint);
        vertical-align:top}
        td,th{white-space:nowrap}
        td bdi,th bdi{display:inline-block;width:max-content;max-width:18rem;white-space:normal;
        overflow-wrap:anywhere;
        vertical-align:top}
        thead th{border-bottom-color:var(--line);font-weight:600}
        tbody th{font-weight:400}
        .n{text-align:end}.n:not(:last-child){padding-inline-end:1.5rem}
        th:last-child,td:last-child{padding-inline-end:0}
        .lines{margin:0;padding:0;list-style:none}.lines li+li{margin-top:.35rem}
        .next{margin:1rem 0}
        footer{border-top:1px solid var(--line);margin:3rem 0 2rem;font-size:.9rem}
        summary{cursor:pointer;padding:.4rem 0}

        """

    private static let graphics = """
        svg{display:block;width:100%;min-width:52rem;height:auto}
        .map svg,svg.code{min-width:0}
        .map{max-width:52rem}
        .land{fill:var(--line);fill-opacity:.45;stroke:var(--bg);stroke-width:.4}
        .here{fill:var(--c2)}
        .mark{fill:none;stroke:var(--limit);stroke-width:2}
        svg.code{width:8.5rem;flex:none}
        .paper{fill:#fff}.ink{fill:#000}
        .permalink{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center}
        .permalink p{flex:1 1 12rem;margin:0}
        .timeline{margin:1rem 0;padding:0 0 0 1.1rem;border-left:2px solid var(--line);
        list-style:none}
        .timeline li{position:relative;margin:.6rem 0}
        .timeline li::before{content:"";position:absolute;left:-1.5rem;top:.45rem;width:.7rem;
        height:.7rem;border-radius:50%;background:var(--good)}
        .timeline time{color:var(--soft);font-variant-numeric:tabular-nums}
        .local{color:var(--soft)}
        svg text{unicode-bidi:isolate;
        font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--fg)}
        svg .soft{fill:var(--soft);font-size:12px}
        svg .axis{stroke:var(--line);stroke-width:1}
        svg .bar{fill:var(--c0)}
        svg .limit{stroke:var(--limit);stroke-width:2;stroke-dasharray:5 3;fill:none}
        svg .limit-text{fill:var(--limit);font-size:12px}
        .s0{fill:var(--c0)}.s1{fill:var(--c1)}.s2{fill:var(--c2)}
        .s3{fill:var(--c3)}.s4{fill:var(--c4)}.s5{fill:var(--c5)}
        .mint{fill:var(--soft)}.owned{fill:var(--good)}
        .redeemed{fill:var(--spent)}.retired{fill:var(--wait)}
        .flow{fill-opacity:.3}
        figure{margin:1rem 0}
        figcaption{color:var(--soft)}

        """

    private static let media = """
        @media(max-width:30rem){.filter div{flex:1 1 40%}.filter div:last-child{flex-basis:100%}
        .filter input,.filter select{width:100%}
        .facts div{grid-template-columns:1fr}form{flex:1 0 100%}
        .tiles{grid-template-columns:1fr 1fr}
        h1{font-size:1.35rem}}
        @media print{:root{--bg:#fff;--fg:#000;--soft:#333;--line:#555;--faint:#bbb;--link:#000;
        --good:#000;--spent:#000;--wait:#000;--bad:#000}
        @page{size:A4;margin:14mm}
        html{font-size:10pt;line-height:1.35}
        header nav,header form,footer,.skip,.screen,.local,details,figcaption,
        .facts div:has(a[download]){display:none}
        html:has(.dense){font-size:9pt}html:has(.densest){font-size:7.5pt}
        svg{max-height:60mm}svg.code{width:7.5rem}
        :is(.dense,.densest)~* svg{max-height:45mm}
        header{border:0;padding:0}h1{margin:.4rem 0}h2{margin:.8rem 0 .3rem}
        body{max-width:none;padding:0}a{text-decoration:none}
        .scroll{overflow:visible;background:none}
        svg{min-width:0}td,th{white-space:normal}tr,section,figure{break-inside:avoid}
        .lead{max-width:none;font-size:1.1rem;margin:.5rem 0}
        .facts{margin:.6rem 0}.facts div{padding:.2rem 0}
        .facts code{font-size:.8em}figure,.scroll{margin:.4rem 0}
        .mint{fill:#555}.owned{fill:#0f6b34}.redeemed{fill:#5b4a8a}.retired{fill:#8a5200}
        *{print-color-adjust:exact}
        .statement{border:2px solid #000;padding:.4rem 1.2rem}}
        @media not print{
        .statement{border:1px solid var(--line);border-radius:.5rem;padding:.5rem 1.5rem}}
        @media(max-width:30rem){.statement{padding:.5rem .75rem}}

        """
}
