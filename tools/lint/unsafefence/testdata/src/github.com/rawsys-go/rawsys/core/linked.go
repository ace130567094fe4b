package core

import _ "unsafe" // want `core/linked.go imports unsafe`
