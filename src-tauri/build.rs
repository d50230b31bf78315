//! Makes sure that there is something to embed: `generate_context!` panics without the interface's folder, and no build
//! script runs npm. Pages made here say that the interface was not built.

use std::{fs, path::Path};

const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Renfort</title>\
    <meta name=\"renfort\" content=\"not-built\"></head>\n<body>\n<h1>The interface was not built</h1>\n\
    <p>This program was compiled without its interface. Build both with \
    <code>cargo xtask build</code>.</p>\n</body>\n</html>\n";

fn main() {
    let interface = Path::new("../ui/dist");
    if !interface.join("index.html").exists() {
        fs::create_dir_all(interface).expect("ui/dist can be made");
        for page in ["index.html", "banner.html"] {
            fs::write(interface.join(page), PAGE).expect("ui/dist can be written");
        }
        println!("cargo:warning=ui/dist is missing: the app is built without its interface");
    }
    println!("cargo:rerun-if-changed=../ui/dist");
    tauri_build::build();
}
