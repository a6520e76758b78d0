"""What columns are called in files from other systems, folded, in English, Vietnamese and Spanish."""

from __future__ import annotations

_KEYS = {
    "number": "customer number;customer no;customer id;customerid;number;crm id;external id;client id;customer;"
    "ma khach hang;ma kh;numero de cliente;numero cliente;id cliente;codigo de cliente",
    "email": "email;e-mail;mail;email address;e-mail address;mail address;thu dien tu;dia chi email;correo;"
    "correo electronico",
}
_CUSTOMERS = _KEYS | {
    "number": _KEYS["number"].removesuffix(";customer"),
    "name": "name;full name;customer;customer name;first name;given name;last name;family name;surname;contact;"
    "ho ten;ho va ten;ten;ho;ten khach hang;nombre;nombre completo;apellido;apellidos",
    "phone": "phone;telephone;tel;mobile;phone number;dien thoai;so dien thoai;telefono;movil",
    "language": "language;lang;locale;ngon ngu;idioma",
    "time_zone": "time zone;timezone;mui gio;zona horaria",
    "company": "company;organisation;organization;account;employer;cong ty;empresa;organizacion",
    "company_number": "company number;company id;account id;account number;ma cong ty;id empresa",
    "second_email": "second email;email 2;second mail address;other email;email khac;otro correo",
    "second_phone": "second phone;phone 2;second telephone;other phone;dien thoai khac;otro telefono",
}
_INTERACTIONS = _KEYS | {
    "kind": "kind;type;event;loai;tipo",
    "happened_at": "time;date;happened at;timestamp;datetime;when;order date;thoi gian;ngay;fecha;hora",
    "value": "value;amount;revenue;total;gia tri;so tien;valor;importe",
    "cost": "cost;chi phi;coste;costo",
    "channel": "channel;kenh;canal",
    "product": "product;item;sku;san pham;producto",
    "location": "location;store;branch;place;dia diem;chi nhanh;cua hang;lugar;sucursal;tienda",
    "campaign": "campaign;chien dich;campana",
    "note": "note;comment;remark;ghi chu;nota;observacion",
    "external_id": "interaction id;interaction number;event id;order number;order id;ticket id;ma giao dich;"
    "ma don hang;numero de pedido",
}


def _by_name(known: dict[str, str]) -> dict[str, str]:
    return {name: target for target, names in known.items() for name in names.split(";")}


TARGET_OF = {"customers": _by_name(_CUSTOMERS), "interactions": _by_name(_INTERACTIONS)}
