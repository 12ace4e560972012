import Foundation
import Primitives

/// The few lines that run on every page: times in the reader's own time zone, and a button that
/// prints.
///
/// Pages say everything without them. The policy names the script by its hash, so that nothing else
/// runs, and forbids it to make markup from text.
enum PageScript {
    /// What stands at the end of a page.
    static let element: HTML = "<script>\(verbatim: text)</script>\n"

    /// The policy's source for it.
    static let source =
        "'sha256-"
        + Data(Digest.sha256(text.withUTF8Buffer { Array($0) }).bytes).base64EncodedString() + "'"

    private static let text: StaticString = """

        "use strict";
        const two = (number) => String(number).padStart(2, "0");
        for (const time of document.querySelectorAll("time[datetime*=T]")) {
          const moment = new Date(time.dateTime);
          const minutes = -moment.getTimezoneOffset();
          if (!minutes) continue;
          const there = new Date(moment.getTime() + minutes * 60000).toISOString();
          const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
          const zone = "UTC" + (minutes < 0 ? "−" : "+") + two(hours) + ":" + two(rest);
          const local = there.slice(0, 10) + " " + there.slice(11, 19) + " " + zone;
          time.title = local;
          if (time.closest(".timeline, .facts")) {
            const shown = document.createElement("span");
            shown.className = "local";
            shown.textContent = " (" + local + ")";
            time.after(shown);
          }
        }
        for (const button of document.querySelectorAll("button[data-print]")) {
          button.hidden = false;
          button.addEventListener("click", () => print());
        }

        """
}
